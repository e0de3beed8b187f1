use super::*;
use crate::runtime::terminal::depth::Depth;

const ALL: [Theme; 7] = [
    Theme::Dark,
    Theme::Light,
    Theme::Mono,
    Theme::HighContrast,
    Theme::HighContrastLight,
    Theme::ColourBlind,
    Theme::ColourBlindLight,
];

const ROLES: [Role; 24] = [
    Role::Plain,
    Role::Dim,
    Role::Strong,
    Role::Border,
    Role::FocusedBorder,
    Role::Title,
    Role::Cursor,
    Role::IdleCursor,
    Role::Good,
    Role::Bad,
    Role::Doubtful,
    Role::Hint,
    Role::Hash,
    Role::Offset,
    Role::OnlyLeft,
    Role::OnlyRight,
    Role::Changed,
    Role::Mark,
    Role::Level(0),
    Role::Level(1),
    Role::Level(2),
    Role::Level(3),
    Role::Level(4),
    Role::Level(5),
];

#[test]
fn the_table_of_roles() {
    let mut table = String::new();
    for role in ROLES {
        table += &format!("{role:?}\n");
        for theme in ALL {
            let style = theme.style(role);
            let color = style.fg.map_or_else(|| "-".to_owned(), |color| color.to_string());
            table += &format!("    {:<18} {color:<13} {:?}\n", format!("{theme:?}"), style.add_modifier);
        }
    }
    insta::assert_snapshot!(table);
}

/// Red, green and blue as light, from 0 to 1.
fn light(color: Color) -> [f64; 3] {
    let Color::Rgb(r, g, b) = color else { panic!("{color} has no fixed tone") };
    [r, g, b].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

/// The contrast of two colours, from 1 to 21, as WCAG defines it.
fn contrast(a: Color, b: Color) -> f64 {
    let luminance = |color| {
        let [r, g, b] = light(color);
        0.05 + 0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    a.max(b) / a.min(b)
}

fn inks(theme: Theme) -> impl Iterator<Item = (Role, Color)> {
    ROLES.into_iter().filter_map(move |role| Some((role, theme.style(role).fg?)))
}

#[test]
fn text_stands_out_from_its_background() {
    let (black, white) = (rgb(0x000000), rgb(0xffffff));
    for (theme, background, least) in [
        (Theme::HighContrast, black, 7.0),
        (Theme::HighContrastLight, white, 7.0),
        (Theme::ColourBlind, black, 4.5),
        (Theme::ColourBlindLight, white, 4.5),
    ] {
        for (role, color) in inks(theme).filter(|(_, color)| matches!(color, Color::Rgb(..))) {
            let found = contrast(color, background);
            assert!(found >= least, "{theme:?} {role:?}: {found:.1}");
        }
    }
}

/// How far apart two colours look to somebody who lacks one kind of cone: the distance in the space Lab of their colours
/// after the simulation of Machado, Oliveira and Fernandes (2009).
fn apart(a: Color, b: Color, seen: [[f64; 3]; 3]) -> f64 {
    let lab = |color| {
        let color = light(color);
        let [r, g, b] = seen.map(|row| (0..3).map(|at| row[at] * color[at]).sum::<f64>().clamp(0.0, 1.0));
        let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
        let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    };
    let (a, b) = (lab(a), lab(b));
    (0..3).map(|at| (a[at] - b[at]).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn colour_blind_people_tell_the_kinds_apart() {
    let eyes = [
        ("without red cones", [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
        ("without green cones", [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
        ("without blue cones", [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
    ];
    let kinds = [Role::OnlyLeft, Role::OnlyRight, Role::Changed, Role::Bad];
    for theme in [Theme::ColourBlind, Theme::ColourBlindLight] {
        for (who, seen) in eyes {
            for (at, a) in kinds.into_iter().enumerate() {
                for b in kinds
                    .into_iter()
                    .skip(at + 1)
                    .chain([Role::Good])
                    .filter(|b| (a, *b) != (Role::OnlyLeft, Role::Good))
                {
                    let color = |role| theme.style(role).fg.expect("a colour");
                    let found = apart(color(a), color(b), seen);
                    assert!(found > 15.0, "{theme:?} {who}: {a:?} and {b:?} are {found:.1} apart");
                }
            }
        }
    }
}

#[test]
fn fewer_colours_keep_the_kinds_apart() {
    for theme in ALL.into_iter().filter(|theme| *theme != Theme::Mono) {
        for depth in [Depth::True, Depth::Ansi256, Depth::Ansi16] {
            let color = |role| depth.nearest(theme.style(role).fg.expect("a colour"));
            let kinds = [Role::OnlyLeft, Role::OnlyRight, Role::Changed].map(color);
            assert!(
                kinds[0] != kinds[1] && kinds[1] != kinds[2] && kinds[0] != kinds[2],
                "{theme:?} {depth:?} {kinds:?}"
            );
            assert_ne!(color(Role::Good), color(Role::Bad), "{theme:?} {depth:?}");
        }
    }
}
