import CLinux
import Glibc

/// The user that goes on once everything is open.
package struct UnprivilegedUser: Sendable, Equatable {
  package let name: String
  let user: uid_t
  let group: gid_t

  /// `user` or `user:group`, each a name or a number; nil if there is no such user or group.
  package init?(_ text: String) {
    name = text
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let number = uid_t(parts[0])
    let entry = unsafe number == nil ? getpwnam(parts[0]) : getpwuid(number ?? 0)
    guard let user = unsafe number ?? entry.map({ unsafe $0.pointee.pw_uid }) else { return nil }
    self.user = user
    switch parts.count {
    case 1:
      group = unsafe entry.map { unsafe $0.pointee.pw_gid } ?? user
    case 2:
      guard let group = gid_t(parts[1]) ?? Self.group(named: parts[1]) else { return nil }
      self.group = group
    default:
      return nil
    }
  }

  private static func group(named name: String) -> gid_t? {
    unsafe getgrnam(name).map { unsafe $0.pointee.gr_gid }
  }

  /// Gives the user an open file, as far as this process may.
  package func takeOver(_ descriptor: Int32) {
    _ = fchown(descriptor, user, group)
  }
}

/// The rights of this process.
package enum Privileges {
  package enum Capability: Int, Sendable {
    case sysPtrace = 19
    case sysAdmin = 21
  }

  package static var isRoot: Bool { geteuid() == 0 }

  package static func has(_ capability: Capability) -> Bool {
    vxhop_effective_capabilities() >> UInt64(capability.rawValue) & 1 == 1
  }

  /// Becomes `user`, if it is given, and gives up every capability for good.
  ///
  /// Returns the number of the error that kept it from that, else 0.
  package static func drop(to user: UnprivilegedUser?) -> Int32 {
    if let user, Self.isRoot {
      guard setgroups(0, nil) == 0, setresgid(user.group, user.group, user.group) == 0,
        setresuid(user.user, user.user, user.user) == 0
      else { return errno }
    }
    guard vxhop_forbid_new_privileges() == 0, vxhop_drop_capabilities() == 0 else { return errno }
    return 0
  }
}
