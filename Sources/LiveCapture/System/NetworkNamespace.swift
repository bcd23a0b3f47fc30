import CLinux
import Glibc

/// A network namespace that interfaces are opened in: that of a process, of `ip netns`, of a path.
package struct NetworkNamespace: Sendable, Equatable {
  /// As the user named it, without the folders.
  package let name: String
  package let path: String
  package let isProcess: Bool

  /// `text` is a process's number, a name in /run/netns, or a path.
  package init(_ text: String) {
    if text.contains("/") {
      path = text
      name = text.split(separator: "/").last.map(String.init) ?? text
      isProcess = text.hasPrefix("/proc/")
    } else if !text.isEmpty && text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
      path = "/proc/\(text)/ns/net"
      name = text
      isProcess = true
    } else {
      path = "/run/netns/" + text
      name = text
      isProcess = false
    }
  }

  /// Runs `body` on a thread of its own that has entered the namespace, and waits for it.
  package func run(
    _ body: @escaping () throws(LiveCaptureError) -> Void
  ) throws(LiveCaptureError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw openingError(errno) }
    defer { close(descriptor) }
    let visit = Visit(descriptor: descriptor, body: body)
    var thread = pthread_t()
    let context = unsafe Unmanaged.passUnretained(visit).toOpaque()
    let status = unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<Visit>.fromOpaque(context).takeUnretainedValue().run()
        }
        return nil
      }, context)
    guard status == 0 else {
      throw LiveCaptureError(.system, path, "no thread to enter it: \(reason(status))")
    }
    pthread_join(thread, nil)
    if visit.entryError != 0 { throw entryError(visit.entryError) }
    if let failure = visit.failure { throw failure }
  }

  /// What the thread is given, and what became of it.
  private final class Visit {
    let descriptor: Int32
    let body: () throws(LiveCaptureError) -> Void
    var entryError: Int32 = 0
    var failure: LiveCaptureError?

    init(descriptor: Int32, body: @escaping () throws(LiveCaptureError) -> Void) {
      self.descriptor = descriptor
      self.body = body
    }

    func run() {
      guard vxhop_enter_network_namespace(descriptor) == 0 else {
        entryError = errno
        return
      }
      do throws(LiveCaptureError) {
        try body()
      } catch {
        failure = error
      }
    }
  }

  private func openingError(_ number: Int32) -> LiveCaptureError {
    switch number {
    case ENOENT, ENOTDIR:
      LiveCaptureError(
        .noSuchNamespace, path,
        isProcess ? "no such process" : "no such network namespace (ip netns list names them)")
    case EACCES, EPERM:
      LiveCaptureError(
        .notPermitted, path,
        isProcess
          ? "entering another user's process's namespace needs CAP_SYS_PTRACE and CAP_SYS_ADMIN"
          : "may not be opened: \(reason(number))")
    default:
      LiveCaptureError(.system, path, reason(number))
    }
  }

  private func entryError(_ number: Int32) -> LiveCaptureError {
    switch number {
    case EPERM:
      LiveCaptureError(.notPermitted, path, "entering a network namespace needs CAP_SYS_ADMIN")
    case EINVAL:
      LiveCaptureError(.noSuchNamespace, path, "is no network namespace")
    default:
      LiveCaptureError(.system, path, reason(number))
    }
  }
}

/// The system's words for an error number.
func reason(_ number: Int32) -> String {
  unsafe String(cString: strerror(number))
}
