/// Finds rows of the window by the octets that they hold.
///
/// Beside the window's chains of equal packets: chains of rows of one block of octets, in the same order,
/// so that the oldest row is always the first of its chain. Kept only where units are cut or glued: the
/// window of other captures is spared the work.
struct UnitIndex: ~Copyable {
  typealias Slot = ObservationWindow.Slot

  private struct Entry {
    var successor = ObservationWindow.noSlot
    /// The bucket, or `noBucket` for a row that has no key.
    var bucket = UInt32.max
  }

  private struct Chain {
    var first = ObservationWindow.noSlot
    var last = ObservationWindow.noSlot
    /// What all rows of the chain have, and all before them back to when it was empty; 0 if they differ.
    var identity: UInt64 = 0
  }

  /// Rows of chains that are looked at for one row: bounds the work on a flood.
  private static let searchLimit = 16_384
  /// Rows that may be found for one row.
  private static let foundLimit = 4096

  private(set) var isActive = false
  /// The most octets that a row of the index holds.
  private var longest: UInt32 = 0
  private var entries: [Entry] = []
  private var chains: [Chain] = []
  /// Those that were looked through for a row.
  private var buckets: [Int] = []

  /// Takes in all rows of the window, and from now on each new one.
  mutating func activate(_ window: borrowing ObservationWindow) {
    isActive = true
    entries = Array(repeating: Entry(), count: window.capacity)
    chains = Array(repeating: Chain(), count: window.capacity)
    for place in 0..<window.count { link(window.slot(at: place), in: window) }
  }

  /// Takes in the row that the window got last.
  mutating func appendLast(of window: borrowing ObservationWindow) {
    if entries.count == window.capacity {
      link(window.slot(at: window.count - 1), in: window)
    } else {
      activate(window)
    }
  }

  /// Takes out the window's oldest row, before the window does.
  mutating func removeFirst(of window: borrowing ObservationWindow) {
    let entry = entries[Int(window.firstSlot)]
    guard entry.bucket != UInt32.max else { return }
    chains[Int(entry.bucket)].first = entry.successor
  }

  private mutating func link(_ slot: Slot, in window: borrowing ObservationWindow) {
    guard let key = UnitBlocks.key(of: window[slot]) else {
      entries[Int(slot)] = Entry()
      return
    }
    longest = max(longest, window[slot].payloadLength)
    let bucket = bucket(of: key)
    entries[Int(slot)] = Entry(bucket: UInt32(bucket))
    let identity = window[key: slot].identity
    if chains[bucket].first == ObservationWindow.noSlot {
      chains[bucket].first = slot
      chains[bucket].identity = identity
    } else {
      entries[Int(chains[bucket].last)].successor = slot
      if chains[bucket].identity != identity { chains[bucket].identity = 0 }
    }
    chains[bucket].last = slot
  }

  /// Whether there may be rows with octets of a row's that have another identity.
  func mayHoldOthers(around row: Observation) -> Bool {
    UnitBlocks.keysAround(row, longest: longest).contains { key in
      let chain = chains[bucket(of: key)]
      return chain.first != ObservationWindow.noSlot && chain.identity != row.identity
    }
  }

  private func bucket(of key: UInt64) -> Int {
    Int(truncatingIfNeeded: key >> 1) & (chains.count - 1)
  }

  /// Rows that may hold octets of a row's, no later than `end`, in no order; the row itself among them.
  mutating func find(
    around row: Observation, before end: Int64, in window: borrowing ObservationWindow,
    into found: inout [Slot]
  ) {
    found.removeAll(keepingCapacity: true)
    buckets.removeAll(keepingCapacity: true)
    var looked = 0
    for key in UnitBlocks.keysAround(row, longest: longest) {
      let bucket = bucket(of: key)
      if buckets.contains(bucket) { continue }
      buckets.append(bucket)
      var slot = chains[bucket].first
      while slot != ObservationWindow.noSlot && looked < Self.searchLimit
        && found.count < Self.foundLimit
      {
        looked += 1
        if window[key: slot].time > end { break }
        if row.mayShareOctets(with: window[slot]) { found.append(slot) }
        slot = entries[Int(slot)].successor
      }
    }
  }
}

extension Observation {
  /// A first look at whether two rows may hold the same octets.
  fileprivate func mayShareOctets(with other: Observation) -> Bool {
    guard transportProtocol == other.transportProtocol, isIPv6 == other.isIPv6 else { return false }
    guard hasStreamPayload else { return !other.hasStreamPayload }
    guard other.hasStreamPayload, acknowledgment == other.acknowledgment else { return false }
    return Int32(bitPattern: other.sequence &- sequence) < Int32(clamping: payloadLength)
      && Int32(bitPattern: sequence &- other.sequence) < Int32(clamping: other.payloadLength)
  }
}
