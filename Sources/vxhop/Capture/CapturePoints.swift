import Glibc
import LiveCapture
import Netlink
import Topology

/// A point that is to be captured: what it is called and where its interface is.
struct CapturePoint: Equatable {
  /// As it is named in the capture: `cni0`, `pod:eth0`.
  var interface: String
  /// As the kernel calls it.
  var device: String
  var namespace: NamespaceName?
  /// Where encapsulated packets may be seen.
  var carriesTunnels: Bool

  /// An interface of this node.
  init(device: String, role: InterfaceRole? = nil) {
    interface = device
    self.device = device
    let role = role ?? Topology.role(ofInterfaceNamed: device)
    carriesTunnels = role == .nic || role == .unknown
  }

  /// An interface inside a pod, or another network namespace: that of a node in a container, perhaps.
  init(device: String, in namespace: NamespaceName) {
    self.init(device: device)
    self.namespace = namespace
    interface = "pod:" + device
  }

  /// The same point under a name that tells pods apart.
  func labelled(_ label: String) -> CapturePoint {
    var point = self
    point.interface = "pod:\(label):\(device)"
    return point
  }

  /// Opens the interface, in its namespace.
  func open(_ settings: HandleSettings) throws(LiveCaptureError) -> CaptureHandle {
    guard let namespace else { return try CaptureHandle(device: device, settings: settings) }
    let opened = OpenedHandle()
    do {
      let entered = try Netlink.NetworkNamespace(path: namespace.path)
      try entered.run { opened.handle = try CaptureHandle(device: device, settings: settings) }
    } catch let error as LiveCaptureError {
      throw error
    } catch {
      throw namespace.failure(error)
    }
    guard let handle = opened.take() else {
      throw LiveCaptureError(.system, interface, "was not opened")
    }
    return handle
  }
}

/// Brings a handle from the thread that opened it.
private final class OpenedHandle {
  var handle: CaptureHandle?

  func take() -> CaptureHandle? { handle.take() }
}
