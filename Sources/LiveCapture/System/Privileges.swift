import CLinux
import Glibc

/// The user that goes on once everything is open.
package struct UnprivilegedUser: Sendable, Equatable {
  package let name: String
  let user: uid_t
  let group: gid_t

  /// A name, a number, or two numbers `user:group`; nil if there is no such user.
  package init?(_ text: String) {
    name = text
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if let number = uid_t(parts[0]) {
      let entry = unsafe getpwuid(number)
      user = number
      if parts.count == 2, let group = gid_t(parts[1]) {
        self.group = group
      } else if parts.count == 1 {
        group = unsafe entry.map { unsafe $0.pointee.pw_gid } ?? number
      } else {
        return nil
      }
      return
    }
    guard let entry = unsafe getpwnam(text) else { return nil }
    user = unsafe entry.pointee.pw_uid
    group = unsafe entry.pointee.pw_gid
  }

  /// Gives the user an open file, as far as this process may.
  package func takeOver(_ descriptor: Int32) {
    _ = fchown(descriptor, user, group)
  }
}

/// The rights of this process.
package enum Privileges {
  package enum Capability: Int, Sendable {
    case netRaw = 13
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
