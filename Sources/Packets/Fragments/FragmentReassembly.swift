/// Puts outer packets together from their fragments, so that what they encapsulate can be decoded.
///
/// Give it the frames of one point for which `PacketSummary.mayBeOuterFragment` holds, as they were
/// captured. Each is answered with what to do with it; one that is `held` comes out again, either
/// in `fragments` of a complete packet or in `released`. Memory and capture time are bounded.
package struct FragmentReassembly: Sendable {
  package enum Outcome: Sendable {
    /// What the frame was decoded to stands: it is no fragment, or of a packet that is no tunnel's.
    case notFragment
    case held
    /// The same part of the packet is held already.
    case duplicate
    /// This was the last missing one: decode `packet`, for the frames in `fragments`.
    case complete
  }

  package struct Limits: Sendable {
    /// Of all fragments held, in bytes.
    package var memory = 4 << 20
    /// Between the first and the last fragment of a packet, in nanoseconds of capture time.
    package var lifetime: Int64 = 30_000_000_000

    package init() {}
  }

  private struct Arrival {
    var key: FragmentKey
    var number: UInt64
  }

  /// A first fragment of so many bytes holds the header of a tunnel and of what is in it, if any.
  private static let tellingLength = 256
  /// What is needed for a packet, and for a fragment beside the frame's bytes.
  private static let packetCost = 256
  private static let fragmentCost = MemoryLayout<HeldFragment>.stride + 64

  private let limits: Limits
  private var packets: [FragmentKey: FragmentedPacket] = [:]
  /// All packets, and some that are gone, by the time of their first fragment.
  private var arrivals: [Arrival] = []
  private var oldest = 0
  /// In `arrivals`: no packet before it is waited for.
  private var firstWaiting = 0
  private var nextNumber: UInt64 = 0
  private var memory = 0
  private var whole: [UInt8] = []

  /// The fragments of the packet that the last `add` completed, in their order in it.
  package private(set) var fragments: [HeldFragment] = []
  /// Length on the wire of the frame that `packet` would have been, in bytes.
  package private(set) var originalLength: UInt32 = 0
  /// Fragments that the last `add`, `expire` or `finish` gave up: what they were decoded to stands.
  package private(set) var released: [HeldFragment] = []
  /// Packets given up because fragments were missing after the time, or because of the memory.
  package private(set) var incompletePackets = 0
  /// Packets given up because their fragments overlapped or contradicted each other.
  package private(set) var contradictoryPackets = 0

  package init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// The packet that the last `add` completed: link header, IP header as if it had not been
  /// fragmented, payload. It ends at the first byte that was not captured.
  package var packet: RawSpan {
    @_lifetime(borrow self)
    get { unsafe whole.span.bytes }
  }

  /// `summary` is that of `frame`, `time` in nanoseconds.
  package mutating func add(
    frame: borrowing RawSpan, summary: PacketSummary, time: Int64, frameNumber: UInt64
  ) -> Outcome {
    released.removeAll(keepingCapacity: true)
    fragments.removeAll(keepingCapacity: true)
    giveUp(at: time)
    let offset = Int(
      summary.tunnel.isFragment ? summary.tunnel.networkOffset : summary.network.offset)
    guard summary.mayBeOuterFragment, offset < frame.byteCount else { return .notFragment }
    let captured = copy frame
    do throws(HeaderError) {
      let fragment = try IPFragment(captured.extracting(droppingFirst: offset))
      let key = FragmentKey(fragment, summary.link)
      if let outcome = settlePlain(fragment, key: key, summary: summary, time: time) {
        return outcome
      }
      return insert(
        HeldFragment(
          bytes: captured.array, summary: summary, time: time, frameNumber: frameNumber,
          fragment: fragment, networkOffset: offset),
        key: key)
    } catch {
      return .notFragment
    }
  }

  /// When the first fragment came that is still held, in nanoseconds; nil without any.
  package mutating func earliest() -> Int64? {
    while firstWaiting < arrivals.count {
      let arrival = arrivals[firstWaiting]
      if let packet = packets[arrival.key], packet.number == arrival.number, !packet.isPlain {
        return packet.since
      }
      firstWaiting += 1
    }
    return nil
  }

  /// Gives up fragments whose others have not come in time, as `add` does.
  package mutating func expire(at time: Int64) {
    released.removeAll(keepingCapacity: true)
    giveUp(at: time)
  }

  /// Gives up all fragments held: the capture is at its end.
  package mutating func finish() {
    released.removeAll()
    while oldest < arrivals.count { giveUpOldest() }
  }

  /// The packets without a tunnel are only remembered: their other fragments need not wait.
  private mutating func settlePlain(
    _ fragment: IPFragment, key: FragmentKey, summary: PacketSummary, time: Int64
  ) -> Outcome? {
    let isFirst = fragment.start == 0
    if packets[key]?.isPlain == true {
      guard isFirst else { return .notFragment }
      remove(key)
    }
    guard isFirst, summary.tunnel.depth == 0, fragment.payloadLength >= Self.tellingLength else {
      return nil
    }
    release(key)
    open(key, time: time)
    packets[key]?.isPlain = true
    boundMemory()
    return .notFragment
  }

  private mutating func insert(_ held: HeldFragment, key: FragmentKey) -> Outcome {
    if packets[key] == nil { open(key, time: held.time) }
    switch packets[key]?.insert(held) {
    case .added:
      memory += held.bytes.count + Self.fragmentCost
      boundMemory()
      return .held
    case .duplicate:
      return .duplicate
    case .complete:
      memory += held.bytes.count + Self.fragmentCost
      return complete(key)
    case .contradiction, nil:
      contradictoryPackets += 1
      release(key)
      return .notFragment
    }
  }

  private mutating func complete(_ key: FragmentKey) -> Outcome {
    guard let length = packets[key]?.assemble(into: &whole) else {
      contradictoryPackets += 1
      // The fragment at hand was never answered with `held`.
      release(key)
      released.removeLast()
      return .notFragment
    }
    originalLength = UInt32(truncatingIfNeeded: length)
    fragments = packets[key]?.orderedFragments ?? []
    remove(key)
    return .complete
  }

  private mutating func open(_ key: FragmentKey, time: Int64) {
    packets[key] = FragmentedPacket(since: time, number: nextNumber)
    arrivals.append(Arrival(key: key, number: nextNumber))
    nextNumber += 1
    memory += Self.packetCost
  }

  private mutating func remove(_ key: FragmentKey) {
    guard let packet = packets.removeValue(forKey: key) else { return }
    memory -= Self.packetCost
    for held in packet.fragments { memory -= held.bytes.count + Self.fragmentCost }
    // The list would else grow with every packet behind one that stays incomplete.
    if arrivals.count > 2 * packets.count + 64 {
      arrivals.removeFirst(oldest)
      oldest = 0
      firstWaiting = 0
      let packets = packets
      arrivals.removeAll { packets[$0.key]?.number != $0.number }
    }
  }

  private mutating func release(_ key: FragmentKey) {
    released += packets[key]?.fragments ?? []
    remove(key)
  }

  private mutating func boundMemory() {
    while memory > limits.memory && oldest < arrivals.count { giveUpOldest() }
  }

  private mutating func giveUp(at time: Int64) {
    while oldest < arrivals.count {
      let packet = packets[arrivals[oldest].key]
      let isGone = packet?.number != arrivals[oldest].number
      guard isGone || time &- (packet?.since ?? time) > limits.lifetime else { return }
      giveUpOldest()
    }
  }

  private mutating func giveUpOldest() {
    let arrival = arrivals[oldest]
    oldest += 1
    guard let packet = packets[arrival.key], packet.number == arrival.number else { return }
    if !packet.isPlain { incompletePackets += 1 }
    release(arrival.key)
  }
}
