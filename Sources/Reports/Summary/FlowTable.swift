/// All conversations, in the order in which they were first seen; those beyond the limit are
/// counted together.
struct FlowTable: Sendable {
  static let limit = 65_536

  var flows: [Flow]
  /// Packets of conversations that found no place.
  var otherPackets: UInt64
}
