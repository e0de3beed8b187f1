//! Random pairs of tables of the same records, each side in its own way, with drift that is known.

use std::collections::BTreeSet;

use mst_sync::source::Cell;

use super::Data;

/// A small generator of random numbers (SplitMix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    pub(super) fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len() as u64) as usize]
    }

    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for index in (1..all.len()).rev() {
            all.swap(index, self.below(index as u64 + 1) as usize);
        }
    }
}

/// The meaning of a value, whatever its spelling.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Meaning {
    Nothing,
    Cents(i64),
    Whole(i64),
    Class(usize),
    Moment(i64),
    Day(i32),
    Truth(bool),
    /// Minutes.
    Span(i64),
    Words(String),
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Domain {
    Cents,
    Whole(i64),
    /// Classes of values, the last ones rare.
    Class(usize),
    Moment,
    Day,
    Truth(u64),
    Span,
    Words,
    Email,
    Country,
    /// Equal to another field in most rows.
    NearCopy(usize),
    Constant,
}

/// How one side writes a field.
#[derive(Clone, PartialEq, Debug)]
enum Writing {
    Plain,
    CentsWhole,
    DecimalText,
    DecimalTyped,
    Float,
    WholeText,
    Words(Vec<String>),
    UnixSeconds,
    UnixMillis,
    UnixText,
    Iso,
    IsoOffset,
    Local(&'static str, &'static str),
    Typed,
    DateText(&'static str),
    DateNumber,
    Truth([&'static str; 2]),
    TruthTyped,
    TruthNumber,
    Upper,
    Lower,
    Padded,
    Prefixed(&'static str),
    PrefixedUpper(&'static str),
    PrefixedPadded(&'static str),
    /// A moment of the day.
    DayMoment,
    Seconds,
    Minutes,
    Clock,
    Duration,
}

/// Two tables and what is known of them.
pub(super) struct Generated {
    pub(super) left: Data,
    pub(super) right: Data,
    /// The columns of the key on both sides.
    pub(super) key: (String, String),
    /// The columns of one field on both sides, and for each entity whether they drifted apart.
    pub(super) pairs: Vec<TruePair>,
    /// The row of each entity on both sides.
    pub(super) rows: Vec<(Option<usize>, Option<usize>)>,
}

pub(super) struct TruePair {
    pub(super) left: String,
    pub(super) right: String,
    /// By entity.
    pub(super) drifted: Vec<bool>,
}

const NAMES: [&str; 24] = [
    "amount",
    "total",
    "created_at",
    "updated_at",
    "status",
    "state",
    "customer",
    "name",
    "email",
    "country",
    "region",
    "qty",
    "count",
    "price",
    "net",
    "gross",
    "active",
    "deleted",
    "due",
    "ordered",
    "note",
    "kind",
    "level",
    "score",
];
const SYLLABLES: [&str; 16] =
    ["an", "ber", "co", "da", "el", "fi", "gar", "ho", "is", "jo", "ka", "lum", "mö", "nor", "ol", "pé"];
const COUNTRIES: [&str; 12] = ["DE", "FR", "US", "GB", "IT", "ES", "PL", "NL", "SE", "AT", "CH", "JP"];

fn words(random: &mut Random, count: u64) -> String {
    let word = |random: &mut Random| -> String {
        let text: String = (0..2 + random.below(2)).map(|_| *random.pick(&SYLLABLES)).collect();
        let mut chars = text.chars();
        chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
    };
    (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn meaning(random: &mut Random, domain: Domain, entity: usize, before: &[Vec<Meaning>]) -> Meaning {
    match domain {
        Domain::Cents => Meaning::Cents(random.below(500_000) as i64),
        Domain::Whole(end) => Meaning::Whole(random.below(end as u64) as i64),
        Domain::Class(count) => {
            // Each class is about half as common as the one before it, and the last ones are rare.
            let mut class = 0;
            while class + 1 < count && random.chance(480) {
                class += 1;
            }
            Meaning::Class(class)
        }
        Domain::Moment => Meaning::Moment(1_740_000_000 + random.below(31_536_000) as i64),
        Domain::Day => Meaning::Day(19_000 + random.below(1500) as i32),
        Domain::Truth(per_mille) => Meaning::Truth(random.chance(per_mille)),
        Domain::Span => Meaning::Span(random.below(3000) as i64),
        Domain::Words => Meaning::Words(words(random, 2)),
        Domain::Email => Meaning::Words(format!("{}{entity}@example.org", words(random, 1).to_lowercase())),
        Domain::Country => Meaning::Words((*random.pick(&COUNTRIES)).to_owned()),
        Domain::NearCopy(field) => before[field][entity].clone(),
        Domain::Constant => Meaning::Words("EUR".to_owned()),
    }
}

/// Another value of the same domain.
fn other(random: &mut Random, domain: Domain, now: &Meaning, all: &[Meaning]) -> Meaning {
    if let Meaning::Words(text) = now
        && random.chance(150)
        && domain != Domain::Constant
    {
        return Meaning::Words(if random.chance(500) { text.to_uppercase() } else { format!("{text} x") });
    }
    if let Meaning::Moment(at) = now
        && random.chance(300)
    {
        return Meaning::Moment(at + 3600);
    }
    if let Meaning::Cents(cents) = now
        && random.chance(300)
    {
        return Meaning::Cents(cents + 1);
    }
    (0..20).map(|_| random.pick(all).clone()).find(|found| found != now).unwrap_or_else(|| match now {
        Meaning::Words(text) => Meaning::Words(format!("{text}x")),
        _ => Meaning::Nothing,
    })
}

fn vocabulary(random: &mut Random, count: usize) -> Vec<String> {
    let mut found = BTreeSet::new();
    while found.len() < count {
        found.insert(words(random, 1).to_lowercase());
    }
    let mut all: Vec<String> = found.into_iter().collect();
    random.shuffle(&mut all);
    all
}

/// How both sides write a field.
fn writings(random: &mut Random, domain: Domain) -> [Writing; 2] {
    let mut one = |domain: Domain, shared: &[String]| match domain {
        Domain::Cents => random
            .pick(&[
                Writing::CentsWhole,
                Writing::DecimalText,
                Writing::DecimalText,
                Writing::DecimalTyped,
                Writing::Float,
            ])
            .clone(),
        Domain::Whole(_) => random.pick(&[Writing::Plain, Writing::Plain, Writing::WholeText]).clone(),
        Domain::Class(count) => match random.below(3) {
            0 => Writing::Words(vocabulary(random, count)),
            1 => Writing::Words((0..count).map(|class| class.to_string()).collect()),
            _ => Writing::Words(shared.to_vec()),
        },
        Domain::Moment => random
            .pick(&[
                Writing::UnixSeconds,
                Writing::UnixMillis,
                Writing::UnixText,
                Writing::Iso,
                Writing::IsoOffset,
                Writing::Typed,
                Writing::Local("%d.%m.%Y %H:%M:%S", "Europe/Berlin"),
                Writing::Local("%Y-%m-%d %H:%M:%S", "America/New_York"),
                Writing::Local("%m/%d/%Y %H:%M:%S", "America/Chicago"),
            ])
            .clone(),
        Domain::Day => random
            .pick(&[
                Writing::Typed,
                Writing::DateText("%Y-%m-%d"),
                Writing::DateText("%d.%m.%Y"),
                Writing::DateText("%m/%d/%Y"),
                Writing::DateNumber,
                Writing::DayMoment,
            ])
            .clone(),
        Domain::Truth(_) => random
            .pick(&[
                Writing::TruthTyped,
                Writing::TruthNumber,
                Writing::Truth(["no", "yes"]),
                Writing::Truth(["F", "T"]),
            ])
            .clone(),
        Domain::Words | Domain::Email | Domain::Country | Domain::Constant => match random.below(10) {
            8 => Writing::PrefixedUpper("id="),
            9 => Writing::PrefixedPadded("k/"),
            0 => Writing::Upper,
            1 => Writing::Lower,
            2 => Writing::Padded,
            3 => Writing::Prefixed(["C:", "x-", "ref/"][random.below(3) as usize]),
            _ => Writing::Plain,
        },
        Domain::Span => random.pick(&[Writing::Seconds, Writing::Minutes, Writing::Clock, Writing::Duration]).clone(),
        Domain::NearCopy(_) => Writing::Plain,
    };
    let shared = ["open", "paid", "shipped", "returned", "void", "held", "lost", "closed"].map(str::to_owned);
    let shared = match domain {
        Domain::Class(count) => shared[..count].to_vec(),
        _ => Vec::new(),
    };
    [one(domain, &shared), one(domain, &shared)]
}

fn local(at: i64, format: &str, zone: &str) -> String {
    let moment = jiff::Timestamp::from_second(at).unwrap();
    moment.in_tz(zone).unwrap().strftime(format).to_string()
}

fn text(text: impl Into<String>) -> Cell<'static> {
    Cell::Text(text.into().into())
}

fn write(writing: &Writing, value: &Meaning, null: Option<&str>) -> Cell<'static> {
    let day = |days: i32| jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(days);
    match (value, writing) {
        (Meaning::Nothing, _) => null.map_or(Cell::Null, text),
        (Meaning::Cents(cents), Writing::CentsWhole) => Cell::Int((*cents).into()),
        (Meaning::Cents(cents), Writing::DecimalTyped) => {
            Cell::Number { text: format!("{}.{:02}", cents / 100, cents % 100).into(), shift: 0 }
        }
        (Meaning::Cents(cents), Writing::Float) => Cell::Float64(*cents as f64 / 100.0),
        (Meaning::Cents(cents), _) => text(format!("{}.{:02}", cents / 100, cents % 100)),
        (Meaning::Whole(number), Writing::WholeText) => text(number.to_string()),
        (Meaning::Whole(number), _) => Cell::Int((*number).into()),
        (Meaning::Class(class), Writing::Words(words)) => text(words[*class].clone()),
        (Meaning::Class(class), _) => Cell::Int(*class as i128),
        (Meaning::Moment(at), Writing::UnixMillis) => Cell::Int(i128::from(*at) * 1000),
        (Meaning::Moment(at), Writing::UnixText) => text(at.to_string()),
        (Meaning::Moment(at), Writing::Iso) => text(local(*at, "%Y-%m-%dT%H:%M:%SZ", "UTC")),
        (Meaning::Moment(at), Writing::IsoOffset) => text(local(*at, "%Y-%m-%d %H:%M:%S%:z", "Asia/Tokyo")),
        (Meaning::Moment(at), Writing::Typed) => Cell::Instant(i128::from(*at) * 1_000_000_000),
        (Meaning::Moment(at), Writing::Local(format, zone)) => text(local(*at, format, zone)),
        (Meaning::Moment(at), _) => Cell::Int((*at).into()),
        (Meaning::Day(days), Writing::DateText(format)) => text(day(*days).strftime(format).to_string()),
        (Meaning::Day(days), Writing::DateNumber) => {
            Cell::Int(day(*days).strftime("%Y%m%d").to_string().parse().unwrap())
        }
        (Meaning::Day(days), Writing::DayMoment) => {
            Cell::Int(i128::from(*days) * 86_400 + i128::from(*days) * 7919 % 86_400)
        }
        (Meaning::Day(days), _) => Cell::Date(*days),
        (Meaning::Span(minutes), Writing::Seconds) => Cell::Int(i128::from(*minutes) * 60),
        (Meaning::Span(minutes), Writing::Clock) => text(format!("{:02}:{:02}:00", minutes / 60, minutes % 60)),
        (Meaning::Span(minutes), Writing::Duration) => Cell::Duration(i128::from(*minutes) * 60_000_000_000),
        (Meaning::Span(minutes), _) => Cell::Int((*minutes).into()),
        (Meaning::Truth(truth), Writing::TruthNumber) => Cell::Int((*truth).into()),
        (Meaning::Truth(truth), Writing::Truth(words)) => text(words[usize::from(*truth)]),
        (Meaning::Truth(truth), _) => Cell::Bool(*truth),
        (Meaning::Words(words), Writing::Upper) => text(words.to_uppercase()),
        (Meaning::Words(words), Writing::Lower) => text(words.to_lowercase()),
        (Meaning::Words(words), Writing::Padded) => text(format!("{words:<16}")),
        (Meaning::Words(words), Writing::Prefixed(prefix)) => text(format!("{prefix}{words}")),
        (Meaning::Words(words), Writing::PrefixedUpper(prefix)) => text(format!("{prefix}{}", words.to_uppercase())),
        (Meaning::Words(words), Writing::PrefixedPadded(prefix)) => text(format!("{prefix}{words:<16}")),
        (Meaning::Words(words), _) => text(words.clone()),
    }
}

/// The spellings of a key on both sides.
fn key_cells(random: &mut Random, entities: usize) -> [Vec<Cell<'static>>; 2] {
    let start = 1 + random.below(90_000) as usize;
    let numbers: Vec<usize> = (start..start + entities).collect();
    let write = |make: &dyn Fn(usize) -> Cell<'static>| numbers.iter().map(|number| make(*number)).collect::<Vec<_>>();
    let scrambled = |number: usize| (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = || write(&|number| Cell::Int(number as i128));
    match random.below(7) {
        0 => [number(), number()],
        1 => [number(), write(&|number| text(format!("ord-{number}")))],
        2 => [write(&|number| text(format!("PO:{number}"))), write(&|number| text(format!("ord-{number}")))],
        3 => [number(), write(&|number| text(format!("{number:08}")))],
        4 => {
            let digits = |number: usize| format!("{:016x}{:016x}", scrambled(number), scrambled(number + 7));
            let hyphens = |text: String| {
                format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
                    .to_uppercase()
            };
            let bytes = |number: usize| {
                Cell::Bytes(
                    (scrambled(number)
                        .to_be_bytes()
                        .into_iter()
                        .chain(scrambled(number + 7).to_be_bytes())
                        .collect::<Vec<u8>>())
                    .into(),
                )
            };
            [write(&|number| text(hyphens(digits(number)))), write(&bytes)]
        }
        5 => {
            let code =
                |number: usize| format!("{}{}", *["AB", "CX", "QR"].get(number % 3).unwrap(), number * 7 % 1_000_003);
            [write(&|number| text(code(number))), write(&|number| text(code(number).to_lowercase()))]
        }
        _ => [write(&|number| text(number.to_string())), number()],
    }
}

/// A pair of tables of one seed.
pub(super) fn generate(seed: u64) -> Generated {
    let random = &mut Random::new(seed);
    let entities = *random.pick(&[150_usize, 300, 600, 1200]);
    let drift = *random.pick(&[1_u64, 5, 10, 20, 50]);
    let missing = *random.pick(&[0_u64, 5, 20, 50]);
    let mut domains = vec![Domain::Cents, Domain::Moment];
    for _ in 0..3 + random.below(5) {
        domains.push(match random.below(14) {
            0 => Domain::Cents,
            1 => Domain::Whole(20),
            2 => Domain::Whole(100_000),
            3 | 4 => {
                let classes = 2 + random.below(7) as usize;
                Domain::Class(classes)
            }
            5 => Domain::Moment,
            6 => Domain::Day,
            7 => Domain::Truth(*random.pick(&[500, 200, 20])),
            8 => Domain::Words,
            9 => Domain::Email,
            10 => Domain::Country,
            11 => Domain::NearCopy(random.below(2) as usize),
            12 => Domain::Span,
            _ => Domain::Constant,
        });
    }
    let mut meanings: Vec<Vec<Meaning>> = Vec::new();
    for domain in &domains {
        let mut values: Vec<Meaning> = (0..entities).map(|e| meaning(random, *domain, e, &meanings)).collect();
        if let Domain::NearCopy(field) = domain {
            // Another value in some rows, so that both fields can be told apart.
            let share = *random.pick(&[20_u64, 100, 300]);
            for value in &mut values {
                if random.chance(share) {
                    *value = match value {
                        Meaning::Moment(at) => Meaning::Moment(*at + 1 + random.below(500_000) as i64),
                        _ => meaning(random, domains[*field], 0, &[]),
                    };
                }
            }
        }
        if random.chance(150) && !matches!(domain, Domain::Constant | Domain::NearCopy(_)) {
            for value in &mut values {
                if random.chance(100) {
                    *value = Meaning::Nothing;
                }
            }
        }
        meanings.push(values);
    }
    let drifted: Vec<Vec<Meaning>> = domains
        .iter()
        .zip(&meanings)
        .map(|(domain, values)| {
            let change = |value: &Meaning| {
                if random.chance(drift) { other(random, *domain, value, values) } else { value.clone() }
            };
            values.iter().map(change).collect()
        })
        .collect();
    let keys = key_cells(random, entities);
    let present: Vec<(bool, bool)> =
        (0..entities).map(|_| (!random.chance(missing), !random.chance(missing))).collect();
    let (mut left_names, mut right_names) = (NAMES.map(str::to_owned).to_vec(), NAMES.map(str::to_owned).to_vec());
    random.shuffle(&mut left_names);
    // Names of one side say nothing, or are the same, or mislead.
    match random.below(3) {
        0 => right_names = left_names.clone(),
        _ => random.shuffle(&mut right_names),
    }
    let mut columns: Vec<[(String, Vec<Cell<'static>>); 2]> = Vec::new();
    let mut pairs = Vec::new();
    for (field, domain) in domains.iter().enumerate() {
        let domain_of_writing = match domain {
            Domain::NearCopy(field) => domains[*field],
            domain => *domain,
        };
        let [left, right] = writings(random, domain_of_writing);
        let null = random.chance(400).then(|| *random.pick(&["", "-", "NULL"]));
        let (l, r) = (left_names.pop().unwrap(), right_names.pop().unwrap());
        let cells = |values: &[Meaning], writing: &Writing, null: Option<&str>| {
            values.iter().map(|value| write(writing, value, null)).collect::<Vec<_>>()
        };
        columns.push([
            (l.clone(), cells(&meanings[field], &left, None)),
            (r.clone(), cells(&drifted[field], &right, null)),
        ]);
        // A side that writes all letters in one case cannot drift in case.
        let is_cased = [&left, &right]
            .into_iter()
            .any(|writing| matches!(writing, Writing::Upper | Writing::Lower | Writing::PrefixedUpper(_)));
        let differ = |(left, right): (&Meaning, &Meaning)| match (left, right) {
            (Meaning::Words(left), Meaning::Words(right)) if is_cased => left.to_uppercase() != right.to_uppercase(),
            (left, right) => left != right,
        };
        let differs = meanings[field].iter().zip(&drifted[field]).map(differ).collect();
        pairs.push(TruePair { left: l, right: r, drifted: differs });
    }
    // Columns that only one side has.
    let mut private = [Vec::new(), Vec::new()];
    for (side, names) in [&mut left_names, &mut right_names].into_iter().enumerate() {
        private[side].push((format!("row_{side}"), None));
        for _ in 0..random.below(3) {
            let domain = *random.pick(&[Domain::Truth(30), Domain::Whole(5), Domain::Country, Domain::Moment]);
            private[side].push((names.pop().unwrap(), Some(domain)));
        }
    }
    let key_names = [
        (*random.pick(&["id", "order_no", "ref"])).to_owned(),
        (*random.pick(&["id", "number", "order_ref"])).to_owned(),
    ];
    let mut rows = vec![(None, None); entities];
    let mut tables = Vec::new();
    for side in 0..2 {
        let mut order: Vec<usize> =
            (0..entities).filter(|e| if side == 0 { present[*e].0 } else { present[*e].1 }).collect();
        random.shuffle(&mut order);
        let mut data = Data { name: ["left", "right"][side].to_owned(), ..Data::default() };
        let mut own: Vec<(String, Vec<Cell<'static>>)> = vec![(key_names[side].clone(), keys[side].clone())];
        own.extend(columns.iter().map(|pair| pair[side].clone()));
        random.shuffle(&mut own);
        data.columns = own.iter().map(|(name, _)| name.clone()).collect();
        data.columns.extend(private[side].iter().map(|(name, _)| name.clone()));
        for (number, entity) in order.into_iter().enumerate() {
            match side {
                0 => rows[entity].0 = Some(number),
                _ => rows[entity].1 = Some(number),
            }
            let mut row: Vec<Cell<'static>> = own.iter().map(|(_, cells)| cells[entity].clone()).collect();
            for (_, domain) in &private[side] {
                row.push(match domain {
                    None => Cell::Int(number as i128 + 1),
                    Some(domain) => write(&Writing::Plain, &meaning(random, *domain, entity, &[]), None),
                });
            }
            data.rows.push(row);
        }
        tables.push(data);
    }
    let right = tables.pop().unwrap();
    let left = tables.pop().unwrap();
    let [l, r] = key_names;
    Generated { left, right, key: (l, r), pairs, rows }
}
