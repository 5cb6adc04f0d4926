pub fn total(values: &[f64]) -> f64 {
    values.iter().sum()
}
