/// Interfaces that are named by one pattern, such as `flannel.1` or `eth0.100`.
struct InterfaceFamily: Sendable {
  /// What may follow a family's prefix.
  enum Rest: Sendable {
    case nothing
    case digits
    case hexadecimal
    /// Letters, digits and underscores, at least one.
    case word
    /// Words, and hyphens between them, but no counter or date (five digits) as a word.
    case words
    /// A digit, letters and digits; then perhaps a dot and a VLAN number.
    case device
    /// At least one character.
    case anything
  }

  let prefix: String
  let rest: Rest
  let role: InterfaceRole

  init(_ prefix: String, _ rest: Rest, _ role: InterfaceRole) {
    self.prefix = prefix
    self.rest = rest
    self.role = role
  }

  /// The first family that a whole name belongs to.
  static func family(of name: some StringProtocol) -> InterfaceFamily? {
    all.first { $0.contains(name) }
  }

  func contains(_ name: some StringProtocol) -> Bool {
    // IFNAMSIZ: the kernel's names have at most 15 bytes. A pod's is only written as a name.
    guard name.utf8.starts(with: prefix.utf8), role == .pod || name.utf8.count <= 15 else {
      return false
    }
    return rest.matches(name.utf8.dropFirst(prefix.utf8.count))
  }

  static let all =
    [InterfaceFamily("pod:", .anything, .pod)] + tunnels + bridges + pairs + networkCards

  private static let tunnels = [
    InterfaceFamily("flannel.", .digits, .vtep),
    InterfaceFamily("flannel-v6.", .digits, .vtep),
    InterfaceFamily("flannel.ipip", .nothing, .vtep),
    InterfaceFamily("flannel-wg", .nothing, .vtep),
    InterfaceFamily("flannel-wg-v6", .nothing, .vtep),
    InterfaceFamily("flannel", .digits, .vtep),
    InterfaceFamily("vxlan.calico", .nothing, .vtep),
    InterfaceFamily("vxlan-v6.calico", .nothing, .vtep),
    InterfaceFamily("wireguard.cali", .nothing, .vtep),
    InterfaceFamily("wg-v6.cali", .nothing, .vtep),
    InterfaceFamily("tunl", .digits, .vtep),
    InterfaceFamily("cilium_vxlan", .nothing, .vtep),
    InterfaceFamily("cilium_geneve", .nothing, .vtep),
    InterfaceFamily("antrea-gw", .digits, .vtep),
    InterfaceFamily("antrea-tun", .digits, .vtep),
    InterfaceFamily("vxlan_sys_", .digits, .vtep),
    InterfaceFamily("genev_sys_", .digits, .vtep),
    InterfaceFamily("vxlan", .digits, .vtep),
    InterfaceFamily("vxlan.", .digits, .vtep),
    InterfaceFamily("vxlan-", .word, .vtep),
  ]

  private static let bridges = [
    InterfaceFamily("cni", .digits, .bridge),
    InterfaceFamily("cni-podman", .digits, .bridge),
    InterfaceFamily("cbr", .digits, .bridge),
    InterfaceFamily("docker", .digits, .bridge),
    InterfaceFamily("docker_gwbridge", .nothing, .bridge),
    InterfaceFamily("podman", .digits, .bridge),
    InterfaceFamily("nerdctl", .digits, .bridge),
    InterfaceFamily("lxcbr", .digits, .bridge),
    InterfaceFamily("lxdbr", .digits, .bridge),
    InterfaceFamily("virbr", .digits, .bridge),
    InterfaceFamily("vmbr", .digits, .bridge),
    InterfaceFamily("br", .digits, .bridge),
    InterfaceFamily("br-", .word, .bridge),
    InterfaceFamily("bridge", .digits, .bridge),
    InterfaceFamily("kube-bridge", .nothing, .bridge),
    InterfaceFamily("weave", .nothing, .bridge),
  ]

  private static let pairs = [
    InterfaceFamily("veth", .words, .veth),
    InterfaceFamily("cali", .hexadecimal, .veth),
    InterfaceFamily("lxc", .hexadecimal, .veth),
    InterfaceFamily("lxc_health", .nothing, .veth),
    InterfaceFamily("azv", .hexadecimal, .veth),
    InterfaceFamily("eni", .hexadecimal, .veth),
    InterfaceFamily("gke", .hexadecimal, .veth),
  ]

  private static let networkCards = [
    InterfaceFamily("eth", .device, .nic),
    InterfaceFamily("en", .device, .nic),
    InterfaceFamily("eno", .device, .nic),
    InterfaceFamily("ens", .device, .nic),
    InterfaceFamily("enp", .device, .nic),
    InterfaceFamily("enP", .device, .nic),
    InterfaceFamily("enx", .hexadecimal, .nic),
    InterfaceFamily("em", .device, .nic),
    InterfaceFamily("bond", .device, .nic),
    InterfaceFamily("team", .device, .nic),
    InterfaceFamily("wlan", .device, .nic),
    InterfaceFamily("wlp", .device, .nic),
    InterfaceFamily("vlan", .device, .nic),
    InterfaceFamily("ib", .device, .nic),
    InterfaceFamily("ibp", .device, .nic),
    InterfaceFamily("ibs", .device, .nic),
  ]
}

extension InterfaceFamily.Rest {
  func matches(_ text: some Collection<UInt8>) -> Bool {
    switch self {
    case .nothing:
      return text.isEmpty
    case .digits:
      return !text.isEmpty && text.allSatisfy(\.isASCIIDigit)
    case .hexadecimal:
      return !text.isEmpty && text.allSatisfy(\.isASCIIHexadecimalDigit)
    case .word:
      return !text.isEmpty && text.allSatisfy(\.isASCIIWord)
    case .words:
      let words = text.split(separator: UInt8(ascii: "-"))
      return !words.isEmpty && words.allSatisfy(isNamePart)
    case .device:
      let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard let device = parts.first, device.first?.isASCIIDigit == true,
        device.allSatisfy(\.isASCIIAlphanumeric), parts.count <= 2
      else { return false }
      return parts.dropFirst().allSatisfy { $0.count <= 4 && Self.digits.matches($0) }
    case .anything:
      return !text.isEmpty
    }
  }

  /// Whether a word is no mere counter or date, also at its end (`11aa_00001`).
  private func isNamePart(_ word: some Collection<UInt8>) -> Bool {
    word.allSatisfy(\.isASCIIWord)
      && !word.split(separator: UInt8(ascii: "_")).dropFirst().contains {
        $0.count >= 5 && Self.digits.matches($0)
      }
  }
}
