/// What is known of a node's clock, for reports.
package struct ClockEstimate: Sendable {
  package var node: Int
  /// The node whose clock the others are compared with.
  package var reference: Int
  /// Node minus reference at the capture's first record, in nanoseconds; nil if it cannot be told.
  package var offset: Int64?
  /// Bound of the offset's error in nanoseconds.
  package var error: Int64?
  /// Parts per million.
  package var drift: Double?
  /// Packets that it rests on.
  package var samples: Int
  /// Recorded times at which the clock was set, with the change in nanoseconds.
  package var steps: [Step]

  package struct Step: Sendable {
    package var time: Int64
    package var change: Int64
  }
}

extension ClockModel {
  /// The estimates of all nodes but the references.
  func estimates(at time: Int64) -> [ClockEstimate] {
    references.indices.compactMap { node in
      guard !isReference(node) else { return nil }
      let reference = references[node]
      let error = error(between: node, and: reference, at: time)
      return ClockEstimate(
        node: node, reference: reference,
        offset: error == nil ? nil : recorded(time, node: node) &- time, error: error,
        drift: error == nil ? nil : drift(of: node, at: time), samples: samples(of: node),
        steps: steps(of: node))
    }
  }
}
