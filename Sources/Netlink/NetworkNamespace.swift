import CLinux
import Glibc
import Topology

/// An open network namespace.
package struct NetworkNamespace: ~Copyable {
  let descriptor: Int32

  /// Opens `/run/netns/NAME`, `/proc/PID/ns/net` or any other file that stands for a namespace.
  package init(path: String) throws(NetlinkError) {
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw NetlinkError(
        attempt: "open the network namespace \(path.printable)", explanation: Self.words(errno))
    }
  }

  deinit {
    close(descriptor)
  }

  /// Runs `body` inside of the namespace, on a thread of its own, and waits for it. What it opens
  /// there, sockets for example, stays inside. Needs CAP_SYS_ADMIN.
  package func run<Value>(_ body: () throws -> Value) throws -> Value {
    let descriptor = descriptor
    var outcome: Result<Value, any Error>?
    try withoutActuallyEscaping(body) { body in
      let work = Work {
        outcome = Result {
          guard vxhop_enter_network_namespace(descriptor) == 0 else {
            throw NetlinkError(
              attempt: "enter a network namespace", explanation: Self.words(errno))
          }
          return try body()
        }
      }
      try work.runOnNewThread()
    }
    guard let outcome else {
      throw NetlinkError(attempt: "run in a network namespace", explanation: "the thread vanished")
    }
    return try outcome.get()
  }

  fileprivate static func words(_ number: Int32) -> String {
    unsafe String(cString: strerror(number))
  }
}

private final class Work {
  private let body: () -> Void

  init(_ body: @escaping () -> Void) {
    self.body = body
  }

  /// The kernel moves threads, not processes, into network namespaces: this one ends there.
  func runOnNewThread() throws(NetlinkError) {
    var thread = pthread_t()
    let reference = unsafe Unmanaged.passRetained(self)
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, reference.toOpaque())
    guard status == 0 else {
      unsafe reference.release()
      throw NetlinkError(attempt: "start a thread", explanation: NetworkNamespace.words(status))
    }
    pthread_join(thread, nil)
  }
}
