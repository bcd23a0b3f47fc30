import Packets

extension DecapsulationCounts {
  /// Lines for people: what was read, what became of it and what was wrong with it.
  ///
  /// - Parameter files: what the inputs are called.
  package func lines(files: [String]) -> [String] {
    var lines = [summary]
    if !leftOut.isEmpty { lines.append("left out: " + leftOut.joined(separator: ", ")) }
    if !fragments.isEmpty { lines.append("outer fragments: " + fragments.joined(separator: ", ")) }
    if irregular > 0 {
      lines.append(
        "\(Self.count(irregular, "frame")) with unusual flags or reserved bits in a tunnel's header: receivers may drop such"
      )
    }
    if groupPolicies > 0 {
      lines.append(
        "\(Self.count(groupPolicies, "frame")) with a group policy in a VXLAN header: receivers that do not expect one drop such"
      )
    }
    if untimed > 0 {
      let dated = dated > 0 ? ", \(dated) of them written as of 1970" : ""
      lines.append(
        "\(Self.count(untimed, "frame")) without a time (simple packet blocks)\(dated)")
    }
    if early > 0 {
      lines.append("\(Self.count(early, "frame")) of a time before 1970, written as of 1970")
    }
    if opaque > 0 { lines.append("\(Self.count(opaque, "frame")) of wireguard: encrypted") }
    if truncated > 0 {
      lines.append("\(Self.count(truncated, "frame")) cut by the capture inside the headers")
    }
    if let list = malformed.list(files: files, \.text) { lines.append("malformed: " + list) }
    if let list = refused.list(files: files, \.text) { lines.append("no tunnel: " + list) }
    for unsupported in unsupported {
      lines.append(
        "\(files[unsupported.file]): \(Self.count(unsupported.frames, "frame")) of link type \(unsupported.linkType), which is not supported"
      )
    }
    return lines
  }

  private var summary: String {
    let kinds = Encapsulation.allCases.compactMap { kind in
      let count = recovered[Int(kind.rawValue)]
      return count > 0 ? "\(count) \(kind.name)" : nil
    }
    let total = recovered.indices.reduce(0) { $0 + recovered[$1] }
    let detail = kinds.isEmpty ? "" : " (\(kinds.joined(separator: ", ")))"
    return "\(Self.count(read, "frame")) read, \(total) decapsulated\(detail), \(passed) passed"
  }

  private var leftOut: [String] {
    [
      (notTunnelled, "not encapsulated"), (otherVNI, "of other VNIs"),
      (filtered, "not matching the filter"), (unframed, "without an Ethernet frame to write"),
    ].compactMap { count, reason in count > 0 ? "\(count) \(reason)" : nil }
  }

  private var fragments: [String] {
    var parts: [String] = []
    if joinedPackets > 0 {
      parts.append("\(joinedFragments) put together to \(Self.count(joinedPackets, "packet"))")
    }
    if duplicateFragments > 0 { parts.append("\(duplicateFragments) duplicate") }
    if incompletePackets > 0 {
      parts.append("\(Self.count(incompletePackets, "packet")) incomplete")
    }
    if contradictoryPackets > 0 {
      parts.append("\(Self.count(contradictoryPackets, "packet")) overlapping or contradictory")
    }
    return parts
  }

  private static func count(_ number: UInt64, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
