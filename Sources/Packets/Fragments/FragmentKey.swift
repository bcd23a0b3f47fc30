/// What the fragments of one packet have in common (RFC 791, section 3.2; RFC 8200, section 4.5),
/// and copies of it on other interfaces have not.
struct FragmentKey: Hashable {
  private var source: IPAddress
  private var destination: IPAddress
  private var identification: UInt32
  private var interfaceIndex: UInt32
  private var vlan: UInt16
  private var transportProtocol: UInt8
  private var packetType: UInt8

  init(_ fragment: IPFragment, _ link: LinkSummary) {
    source = fragment.source
    destination = fragment.destination
    identification = fragment.identification
    transportProtocol = fragment.transportProtocol
    interfaceIndex = link.interfaceIndex
    vlan = link.vlan
    packetType = link.packetType
  }
}
