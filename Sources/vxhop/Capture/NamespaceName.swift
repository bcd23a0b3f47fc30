import Glibc
import LiveCapture

/// A network namespace as the user names it: a process's number, a name of `ip netns`, or a path.
struct NamespaceName: Equatable {
  /// What it is called, without the folders; for `/proc/PID/ns/net` the process's number.
  let name: String
  let path: String
  /// Whether it is named by a process in it.
  let isProcess: Bool

  init(_ text: String) {
    if text.contains("/") {
      path = text
      let folders = text.split(separator: "/").map(String.init)
      isProcess = text.hasPrefix("/proc/") && folders.count > 2
      name = (isProcess ? folders[1] : folders.last) ?? text
    } else {
      isProcess = !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      path = isProcess ? "/proc/\(text)/ns/net" : "/run/netns/" + text
      name = text
    }
  }

  /// The same for one namespace, whatever it is named by: the kernel's number, if that can be seen.
  var identity: String {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? String(status.st_ino) : path
  }

  /// Rights that entering it takes, besides that to capture.
  var missingCapabilities: [String] {
    var missing: [String] = []
    if !Privileges.has(.sysAdmin) { missing.append("CAP_SYS_ADMIN") }
    if isProcess && !Privileges.has(.sysPtrace) { missing.append("CAP_SYS_PTRACE") }
    return missing
  }

  /// Why it cannot be entered.
  func failure(_ error: any Error) -> LiveCaptureError {
    let missing = missingCapabilities
    guard missing.isEmpty else {
      return LiveCaptureError(
        .notPermitted, path, "entering it needs \(missing.joined(separator: " and "))")
    }
    return LiveCaptureError(.noSuchNamespace, path, "\(error)")
  }
}
