/// All straight lines offset + drift · time that a node pair's packets allow.
///
/// A packet cannot arrive before it was sent: each one that went there bounds the offset of the
/// receiver's clock from above, each one that came back from below. In the plane of (offset, drift) such
/// a bound is a half-plane, so that what all packets allow is a convex polygon: load only makes bounds
/// loose, never wrong. Compare the convex hulls of Zhang, Liu and Xia, INFOCOM 2002.
struct FeasibleClocks: Sendable {
  /// A bound on the offset at one time.
  struct Bound: Sendable {
    /// Seconds since the base time.
    var time: Double
    /// Nanoseconds.
    var offset: Double
    var isUpper: Bool

    /// How far a line stays on the allowed side, in nanoseconds.
    func slack(of line: Line) -> Double {
      let difference = offset - line.offset(at: time)
      return isUpper ? difference : -difference
    }
  }

  struct Line: Equatable, Sendable {
    /// Nanoseconds at the base time.
    var offset: Double
    /// Nanoseconds a second: 1,000 are one part per million.
    var drift: Double

    func offset(at time: Double) -> Double { offset + drift * time }
  }

  /// Crystal oscillators are far better than this, in nanoseconds a second (500 parts per million).
  private static let steepestDrift = 500_000.0

  private(set) var vertices: [Line]
  private var clipped: [Line] = []

  /// Lines through offsets near those given, in nanoseconds.
  init(around offsets: ClosedRange<Double>) {
    let low = offsets.lowerBound - 1e9
    let high = offsets.upperBound + 1e9
    vertices = [
      Line(offset: low, drift: -Self.steepestDrift), Line(offset: high, drift: -Self.steepestDrift),
      Line(offset: high, drift: Self.steepestDrift), Line(offset: low, drift: Self.steepestDrift),
    ]
  }

  /// The one clock of a known offset and no drift.
  init(offset: Double) {
    vertices = [Line(offset: offset, drift: 0)]
  }

  /// Cuts off what the bound forbids (Sutherland and Hodgman, 1974); false, and nothing is changed, if
  /// nothing would be left.
  mutating func cut(by bound: Bound) -> Bool {
    // Nearly every packet was slower than others.
    if allows(bound) { return true }
    clipped.removeAll(keepingCapacity: true)
    for (index, vertex) in vertices.enumerated() {
      let next = vertices[index + 1 == vertices.count ? 0 : index + 1]
      let here = bound.slack(of: vertex)
      let there = bound.slack(of: next)
      if here >= 0 { clipped.append(vertex) }
      if (here >= 0) != (there >= 0) {
        let part = here / (here - there)
        clipped.append(
          Line(
            offset: vertex.offset + part * (next.offset - vertex.offset),
            drift: vertex.drift + part * (next.drift - vertex.drift)))
      }
    }
    guard !clipped.isEmpty else { return false }
    swap(&vertices, &clipped)
    return true
  }

  /// Whether the bound forbids nothing.
  private func allows(_ bound: Bound) -> Bool {
    let vertices = vertices.span
    for index in vertices.indices where bound.slack(of: vertices[index]) < 0 { return false }
    return true
  }

  /// The middle of what is allowed: the mean of the corners.
  var estimate: Line {
    let count = Double(vertices.count)
    return Line(
      offset: vertices.reduce(0) { $0 + $1.offset } / count,
      drift: vertices.reduce(0) { $0 + $1.drift } / count)
  }

  /// How far the true offset can be from that of a line at a time, in nanoseconds.
  func error(of line: Line, at time: Double) -> Double {
    let middle = line.offset(at: time)
    var error = 0.0
    for index in vertices.indices {
      error = max(error, abs(vertices[index].offset(at: time) - middle))
    }
    return error
  }
}
