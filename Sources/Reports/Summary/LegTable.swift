/// All legs, in the order in which they were first seen.
struct LegTable: Sendable {
  /// More legs than any cluster's captures have; a hostile capture fills memory no further.
  static let limit = 1024

  var legs: [Leg]
  /// Crossings of legs that found no place.
  var omitted: UInt64
}
