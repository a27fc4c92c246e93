//! The grid to which drawn shares are rounded, so that all builds draw the same people.

/// Rounds a drawn share to a multiple of 2^-32: the last bits of a beta draw differ between builds (a
/// feature of `num-traits` decides whose logarithm is used) and must not move counts.
pub(super) fn quantise(share: f64) -> f64 {
    const UNIT: f64 = (1u64 << 32) as f64;
    // Not `round`, which is a call on old processors; this differs from it just below 0.5 only.
    (share.clamp(0.0, 1.0) * UNIT + 0.5) as u64 as f64 / UNIT
}
