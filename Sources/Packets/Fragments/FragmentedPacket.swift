/// The fragments of one outer packet that were captured so far.
struct FragmentedPacket {
  enum Insertion {
    case added, complete, duplicate
    /// The fragments contradict each other: they overlap, or end in different places.
    case contradiction
  }

  /// A part of the payload, in bytes; `index` is that of the fragment.
  private struct Part: BitwiseCopyable {
    var start: Int
    var end: Int
    var index: Int
  }

  /// In the order of capture.
  private(set) var fragments: [HeldFragment] = []
  /// Of the first fragment captured, in nanoseconds.
  let since: Int64
  /// Tells packets with the same key apart.
  let number: UInt64
  /// Whether its first fragment shows that nothing is encapsulated: then no fragment is held.
  var isPlain = false
  /// By start, none overlapping.
  private var parts: [Part] = []
  /// The furthest end of a fragment, in bytes.
  private var length = 0
  private var heldLength = 0
  private var hasLast = false

  init(since: Int64, number: UInt64) {
    self.since = since
    self.number = number
  }

  /// As Linux does since 4.19 (net/ipv4/inet_fragment.c): a fragment within what is there already
  /// is a duplicate, whatever its bytes; any other overlap spoils the packet (RFC 5722, section 4).
  mutating func insert(_ held: HeldFragment) -> Insertion {
    let fragment = held.fragment
    if fragment.moreFragments {
      guard fragment.end <= length || !hasLast else { return .contradiction }
    } else {
      guard fragment.end >= length, !hasLast || fragment.end == length else {
        return .contradiction
      }
    }
    let position = firstPart(endingAfter: fragment.start)
    if position < parts.count && parts[position].start < fragment.end {
      return covers(fragment, from: position) ? .duplicate : .contradiction
    }
    parts.insert(
      Part(start: fragment.start, end: fragment.end, index: fragments.count), at: position)
    fragments.append(held)
    length = max(length, fragment.end)
    heldLength += fragment.payloadLength
    hasLast = hasLast || !fragment.moreFragments
    return hasLast && heldLength == length ? .complete : .added
  }

  private func firstPart(endingAfter start: Int) -> Int {
    // Most fragments come in order.
    if let last = parts.last, last.end <= start { return parts.count }
    var low = 0
    var high = parts.count
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].end > start { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Whether parts without a gap, the first at `position`, hold all of a fragment.
  private func covers(_ fragment: IPFragment, from position: Int) -> Bool {
    var end = fragment.start
    for part in parts[position...] {
      guard part.start <= end else { return false }
      end = part.end
      if end >= fragment.end { return true }
    }
    return false
  }

  /// The fragments of a complete packet in their order in it.
  var orderedFragments: [HeldFragment] { parts.map { fragments[$0.index] } }

  /// Replaces `frame` by the first fragment's frame with the whole payload in it, up to the first
  /// byte that was not captured. The frame's length on the wire in bytes; nil where the packet
  /// would be longer than any.
  func assemble(into frame: inout [UInt8]) -> Int? {
    frame.removeAll(keepingCapacity: true)
    guard let part = parts.first else { return nil }
    let first = fragments[part.index]
    frame += first.bytes[..<first.payload.lowerBound]
    for part in parts {
      let held = fragments[part.index]
      frame += held.bytes[held.payload]
      if held.isCut { break }
    }
    let isWhole = first.fragment.completeHeader(
      in: &frame, at: first.networkOffset, payloadLength: length)
    return isWhole ? first.payload.lowerBound + length : nil
  }
}
