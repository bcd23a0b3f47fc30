import Glibc

/// The node and the interface that an input's records belong to, as far as names tell.
package struct PointName: Sendable, Equatable {
  package var node: String
  /// Nil where nothing names one: a capture on all interfaces, or a file named after its node only.
  package var interface: String?
  /// A sentence for standard error if the name was guessed.
  package var warning: String?
}

/// Finds a point's name: explicit, from pcapng's `if_name`, or from the file's name.
package struct PointNaming: Sendable {
  /// The node where nothing names one.
  package static let unnamedNode = "node"
  /// The interface where nothing names one and the capture does not number it either.
  package static let unnamedInterface = "unknown"

  /// `if3`: an interface of which only the number is known.
  package static func numbered(_ index: UInt32) -> String { "if\(index)" }

  /// Whether an interface's name is one of those.
  package static func isNumbered(_ interface: String) -> Bool {
    interface.hasPrefix("if") && UInt32(interface.dropFirst(2)) != nil
  }

  private let nodes: Set<String>
  private let interfaces: Set<String>

  /// `nodes` and `interfaces` are names known from elsewhere, such as snapshots.
  package init(nodes: Set<String> = [], interfaces: Set<String> = []) {
    self.nodes = nodes
    self.interfaces = interfaces
  }

  /// The name of the point that an interface of an input was captured at.
  ///
  /// What the command line says comes first, then `interfaceName` (a pcapng's `if_name`, which may
  /// be `node1/cni0`), then the file's name.
  package func name(of input: InputName, interfaceName: String? = nil) -> PointName {
    let recorded = interfaceName.flatMap(Self.recordedName)
    let interface = input.interface ?? recorded?.interface
    if let node = input.node ?? recorded?.node {
      let fromFile = knownSplit(of: CaptureFileName(path: input.path), alsoKnown: nil)?.interface
      return PointName(node: node, interface: Self.single(interface ?? fromFile))
    }
    if let interface {
      return PointName(
        node: node(ofFile: input.path, interface: interface), interface: Self.single(interface))
    }
    return name(ofFile: input.path)
  }

  /// The node that a file is of when its records name their interfaces themselves (pcapng with
  /// `if_name`, cooked captures): `n1-any.pcap` and `n1.pcapng` are of n1, `k3s-w-1.pcap` of k3s-w-1.
  package func node(ofFile path: String, interface: String? = nil) -> String {
    let file = CaptureFileName(path: path)
    if path == "-" { return Self.unnamedNode }
    if let split = knownSplit(of: file, alsoKnown: interface) {
      return split.node ?? file.folder?.printable ?? Self.unnamedNode
    }
    return file.withoutRotation.printable
  }

  /// Splits a file's name before the longest known interface name or pattern, else, with a warning,
  /// at the last hyphen. A name that is an interface's only (`n1/cni0.pcap`) has its node from the
  /// folder, else the node is `node`; a name without an interface (`n1.pcap`, `k3s-w-1.pcap`) is a node's.
  func name(ofFile path: String) -> PointName {
    if path == "-" { return PointName(node: Self.unnamedNode) }
    let file = CaptureFileName(path: path)
    if let split = knownSplit(of: file, alsoKnown: nil) {
      let node = split.node ?? file.folder?.printable ?? Self.unnamedNode
      return PointName(node: node, interface: Self.single(split.interface))
    }
    let stem = file.withoutRotation
    guard let hyphen = stem.lastIndex(of: "-"), hyphen > stem.startIndex,
      case let interface = stem[stem.index(after: hyphen)...], !interface.isEmpty,
      !CaptureFileName.isNumber(interface)
    else { return PointName(node: stem.isEmpty ? Self.unnamedNode : stem.printable) }
    let node = stem[..<hyphen].printable
    return PointName(
      node: node,
      interface: interface.printable,
      warning: """
        \(path.printable(atMost: Int(PATH_MAX))): taken for interface \(interface.printable) of node \(node): \
        name the point if it is another (NODE/INTERFACE=FILE)
        """
    )
  }

  /// Splits where a known name, or one of a known pattern, begins; nil if there is none.
  private func knownSplit(
    of file: CaptureFileName, alsoKnown: String?
  ) -> (node: String?, interface: String)? {
    for stem in file.withoutNumbers {
      if isInterface(stem, alsoKnown) { return (nil, stem.printable) }
      if nodes.contains(String(stem)) { return (stem.printable, "any") }
      var rest = stem
      while let separator = rest.firstIndex(where: CaptureFileName.isSeparator) {
        rest = rest[rest.index(after: separator)...]
        if separator > stem.startIndex, isInterface(rest, alsoKnown) {
          return (stem[..<separator].printable, rest.printable)
        }
      }
    }
    return nil
  }

  private func isInterface(_ text: Substring, _ alsoKnown: String?) -> Bool {
    text == "any" || alsoKnown.map { text == $0 } ?? false || interfaces.contains(String(text))
      || InterfaceFamily.family(of: text) != nil
  }

  /// Nil for the pseudo-interface that stands for all of them.
  private static func single(_ interface: String?) -> String? {
    interface == "any" ? nil : interface
  }

  /// What an `if_name` says; nil if it names no interface, as those of captures from a pipe.
  private static func recordedName(_ text: String) -> (node: String?, interface: String)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let interface = parts.last, let first = parts.first, !interface.isEmpty,
      interface != "-", !first.isEmpty
    else { return nil }
    guard parts.count == 2 else { return (nil, interface.printable) }
    // What is no host's name before the slash belongs to the interface's.
    let isNode = first.allSatisfy { $0.isLetter || $0.isNumber || "-._:".contains($0) }
    return isNode ? (first.printable, interface.printable) : (nil, text.printable)
  }
}
