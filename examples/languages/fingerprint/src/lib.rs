//! A short name for readings: the same ones have the same, whoever computed them.

#[derive(Debug)]
pub struct NoReadings;

pub fn of_readings(readings: &[f64]) -> String {
    let mut hasher = crc32fast::Hasher::new();
    for reading in readings {
        hasher.update(format!("{reading:.3};").as_bytes());
    }
    format!("{:08x}", hasher.finalize())
}

pub fn mean(values: &[f64]) -> Result<f64, NoReadings> {
    if values.is_empty() {
        return Err(NoReadings);
    }
    Ok(values.iter().sum::<f64>() / values.len() as f64)
}
