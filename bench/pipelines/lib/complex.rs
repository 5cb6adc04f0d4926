use std::collections::HashMap;

pub fn halve(data: HashMap<String, Vec<HashMap<String, f64>>>) -> HashMap<String, Vec<HashMap<String, f64>>> {
    let mut data = data;
    for row in data.values_mut().flatten() {
        for value in row.values_mut() {
            *value /= 2.0;
        }
    }
    data
}

pub fn merge(
    first: HashMap<String, Vec<HashMap<String, f64>>>,
    second: HashMap<String, Vec<HashMap<String, f64>>>,
) -> HashMap<String, Vec<HashMap<String, f64>>> {
    let mut merged = first;
    for (group, rows) in second {
        for (row, other) in merged.entry(group).or_default().iter_mut().zip(rows) {
            for (name, value) in other {
                *row.entry(name).or_default() += value;
            }
        }
    }
    merged
}
