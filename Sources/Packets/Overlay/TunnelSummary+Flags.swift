/// What the flags of a tunnel's header say.
extension TunnelSummary {
  /// Whether receivers may drop the packet: Linux does where bits are set that VXLAN reserves, and with a group
  /// policy if the device was not made for it.
  package var mayBeRefused: Bool { isIrregular || groupPolicy != nil }

  /// Whether bits are set that the specification reserves and tells receivers to ignore. A group policy is none
  /// of them.
  package var isIrregular: Bool {
    switch encapsulation {
    case .vxlan where flags == 0x88: reserved & 0xb700_00ff != 0
    case .vxlan: flags != 0x08 || reserved != 0
    // The third byte is the next protocol.
    case .vxlanGPE: flags != 0x0c || reserved & 0xffff_00ff != 0
    case .geneve: flags & 0x3f != 0 || reserved != 0
    case .gre, .nvgre, .erspan: flags & 0x0f != 0 || reserved & 0xf8 != 0
    case .none, .ipip, .sit, .ip6tnl, .flannelUDP, .wireGuard: false
    }
  }

  /// The group of VXLAN's group policy extension; nil without it. draft-smith-vxlan-group-policy,
  /// section 2.1, as for its bits.
  package var groupPolicy: UInt16? {
    guard encapsulation == .vxlan, flags & 0x80 != 0 else { return nil }
    return UInt16(truncatingIfNeeded: reserved >> 8)
  }

  /// Whether receivers are told not to learn where the frame's sender is (D, with a group policy).
  package var forbidsLearning: Bool { groupPolicy != nil && reserved & 0x4000_0000 != 0 }

  /// Whether the sender has applied the group's policy already (A, with a group policy).
  package var hasAppliedPolicy: Bool { groupPolicy != nil && reserved & 0x0800_0000 != 0 }
}
