//! The sample of the tour: the orders of a shop and its invoices, each kept in its own way, on two days.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use file_mst::write::NewFile;
use mst_types::escape_path;

/// The names of the two tables.
pub(super) const NAMES: [&str; 2] = ["orders.csv", "billing.csv"];

/// The number of orders.
const ORDERS: u32 = 240;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// Both sides agree.
    Yesterday,
    /// They drifted.
    Today,
}

/// An order.
struct Order {
    number: u32,
    customer: u32,
    cents: u64,
    currency: &'static str,
    /// The name of its state in the shop, and in the billing.
    state: [&'static str; 2],
}

const STATES: [[&str; 2]; 4] = [["NEW", "due"], ["DONE", "settled"], ["CXL", "void"], ["BACK", "returned"]];

impl Order {
    /// The order of a number: always the same.
    fn new(number: u32) -> Self {
        // A generator of the linear kind is random enough for a sample.
        let seed =
            u64::from(number).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 24;
        let state = [1, 0, 1, 2, 1, 3, 0, 1][(seed % 8) as usize];
        Self {
            number,
            customer: (seed / 7 % 60) as u32 + 100,
            cents: seed / 11 % 250_000 + 99,
            currency: ["EUR", "EUR", "USD", "GBP"][(seed / 13 % 4) as usize],
            state: STATES[state],
        }
    }
}

/// Writes both tables of a day into a folder. No file is replaced.
pub(super) fn write(folder: &Path, day: Day) -> anyhow::Result<()> {
    let mut orders = "id,customer,amount_cents,currency,status\n".to_owned();
    let mut billing = "order_ref,customer_no,total,currency,payment_state\n".to_owned();
    for number in 1..=ORDERS {
        let order = Order::new(10_000 + number);
        let mut invoice = Order::new(10_000 + number);
        if day == Day::Today {
            drift(&mut invoice);
        }
        let Order { number, customer, cents, currency, state } = order;
        if !(day == Day::Today && number == 10_171) {
            let _ = writeln!(orders, "{number},C{customer},{cents},{currency},{}", state[0]);
        }
        let Order { customer, cents, currency, state, .. } = invoice;
        if !(day == Day::Today && number == 10_057) {
            let (whole, part, currency) = (cents / 100, cents % 100, currency.to_lowercase());
            let _ = writeln!(billing, "ord-{number},C{customer},{whole}.{part:02},{currency},{}", state[1]);
        }
    }
    for (name, text) in NAMES.into_iter().zip([orders, billing]) {
        let path = folder.join(name);
        let write = || -> anyhow::Result<()> {
            let mut file = NewFile::create(&path)?;
            file.write_all(text.as_bytes())?;
            Ok(file.finish()?)
        };
        write().with_context(|| format!("cannot write {}", escape_path(&path)))?;
    }
    Ok(())
}

/// What happened to some invoices since yesterday.
fn drift(invoice: &mut Order) {
    match invoice.number {
        10_023 => invoice.cents += 1,
        10_077 => invoice.currency = "CHF",
        // Three neighbours, as if a job had stopped half way.
        10_140..=10_142 => invoice.state = STATES[usize::from(invoice.state == STATES[0])],
        10_190 => (invoice.cents, invoice.state) = (0, STATES[3]),
        _ => {}
    }
}
