import Topology
package struct NodeSnapshot: Sendable {
  func interfaceName(ofIndex: UInt32) -> String? { nil }
  func role(ofInterfaceNamed: String) -> InterfaceRole? { nil }
}
