/// Why a packet that a port or protocol number announces as a tunnel's was not taken for one.
package enum TunnelRefusal: UInt8, BitwiseCopyable, Sendable {
  case none = 0
  case vxlanLength, vxlanFlag, vxlanPayload
  case vxlanGPEHeader, vxlanGPEPayload
  case geneveHeader, genevePayload
  case greHeader, grePayload
  case ipPayload
  case flannelUDPPayload
  case innerFragment

  /// As reports write it.
  package var text: String {
    switch self {
    case .none: "no tunnel"
    case .vxlanLength: "too short for a vxlan header"
    case .vxlanFlag: "on a vxlan port without the flag of a valid VNI"
    case .vxlanPayload: "on a vxlan port without a frame behind the header"
    case .vxlanGPEHeader: "vxlan-gpe with an impossible header"
    case .vxlanGPEPayload: "vxlan-gpe without what the header announces, or an unknown protocol"
    case .geneveHeader: "geneve with an impossible header"
    case .genevePayload: "geneve without what the header announces, or an unknown protocol"
    case .greHeader: "gre with an impossible header or of version 1"
    case .grePayload: "gre without what the header announces, or an unknown protocol"
    case .ipPayload: "ip in ip without a packet"
    case .flannelUDPPayload: "on flannel's udp port without a packet that fills the datagram"
    case .innerFragment: "a fragment inside another tunnel: not put together"
    }
  }
}
