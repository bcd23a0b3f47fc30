import LiveCapture

/// A network namespace as the user names it: a process's number, a name of `ip netns`, or a path.
struct NamespaceName: Equatable {
  /// What it is called, without the folders.
  let name: String
  let path: String
  /// Whether it is named by a process in it.
  let isProcess: Bool

  init(_ text: String) {
    if text.contains("/") {
      path = text
      name = text.split(separator: "/").last.map(String.init) ?? text
      isProcess = text.hasPrefix("/proc/")
    } else {
      isProcess = !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      path = isProcess ? "/proc/\(text)/ns/net" : "/run/netns/" + text
      name = text
    }
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
