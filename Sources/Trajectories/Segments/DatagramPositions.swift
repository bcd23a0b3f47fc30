/// Gives datagrams over IPv6 a place in one row of octets, so that units and fragments of the same payload are
/// found by their ranges, as those of IPv4 are by their identifications.
///
/// Nothing in the headers tells them: a datagram has no identification, and a node that put fragments together
/// cuts them anew under another one. What stays is the payload. A unit (UDP segmentation offload) and its first
/// segment begin with the same octets, and so do a packet and its first fragment. The segments behind the first
/// one are told by their order where they are seen first, and by their own octets from there on. What begins like
/// no unit and no fragment gets no place: it is joined by all that its headers tell.
struct DatagramPositions {
  private struct Datagram {
    var digest: UInt32 = 0
    var position: UInt32 = 0
    /// Position behind the longest unit that was seen to begin like this.
    var end: UInt32 = 0
    /// When and where it was seen first, and in which state.
    var time: Int64 = 0
    var file: UInt16 = 0
    var point: UInt16 = 0
    var timeToLive: UInt8 = 0
  }

  /// How far the datagrams of a flow have come at a point within the unit that they are segments of.
  private struct Passage {
    var key: UInt64 = 0
    var next: UInt32 = 0
    var end: UInt32 = 0
  }

  /// The position of the packet whose fragments have an identification.
  private struct Fragments {
    var key: UInt64 = 0
    var position: UInt32 = 0
  }

  private static let rowCount = 1 << 12
  private static let rowLength = 4
  private static let passageRows = 1 << 10
  private static let fragmentsCount = 1 << 12
  /// A packet that is known by its fragments has at most so many octets.
  private static let packetLength: UInt32 = 1 << 16
  /// What Ethernet carries, in octets: nothing shorter is a unit. Its payload alone, which others may repeat,
  /// does not make it one packet with those.
  private static let usualLength = 1500

  /// In rows by the low bits of the digest.
  private var datagrams: [Datagram] = []
  private var passages: [Passage] = []
  private var fragments: [Fragments] = []
  /// Far from the small numbers that some senders give their fragments.
  private var free: UInt32 = 0x6a09_e667

  /// Turns the digest of a datagram's payload into its position; a fragment's identity into one that all points
  /// have in common.
  mutating func place(_ row: inout Observation, recordings: borrowing RecordingTimes) {
    guard row.isFragment ? !row.isTCP : row.hasPosition else { return }
    if datagrams.isEmpty { allocate() }
    if row.isFragment {
      placeFragment(&row, recordings)
    } else {
      row.sequence = position(of: row, recordings)
    }
  }

  private mutating func allocate() {
    datagrams = Array(repeating: Datagram(), count: Self.rowCount * Self.rowLength)
    passages = Array(repeating: Passage(), count: Self.passageRows * Self.rowLength)
    fragments = Array(repeating: Fragments(), count: Self.fragmentsCount)
  }

  private mutating func placeFragment(
    _ row: inout Observation, _ recordings: borrowing RecordingTimes
  ) {
    let key =
      Observation.mix(row.addressesHash, UInt64(row.fragmentIdentification) << 8 | 0x44) | 1
    let place = Int(truncatingIfNeeded: key >> 40) & (Self.fragmentsCount - 1)
    if row.fragmentOffset == 0 && row.hasPosition {
      fragments[place] = Fragments(key: key, position: position(of: row, recordings))
    }
    guard fragments[place].key == key else {
      row.sequence = 0
      return
    }
    row.sequence = fragments[place].position
    let bounds =
      UInt64(row.length) << 17 | UInt64(row.fragmentOffset) << 1
      | (row.traits.contains(.hasMoreFragments) ? 1 : 0)
    row.identity =
      Observation.mix(UInt64(row.sequence) << 8 | UInt64(row.transportProtocol), bounds) | 1
  }

  private mutating func position(
    of row: Observation, _ recordings: borrowing RecordingTimes
  ) -> UInt32 {
    let key = Observation.mix(row.endpointsHash, UInt64(row.point) << 8 | UInt64(row.timeToLive))
    let passage = passagePlace(key)
    let isWithin =
      passages[passage].key == key && passages[passage].next != passages[passage].end
    let position: UInt32
    var end: UInt32
    if let known = place(of: row, recordings) {
      position = datagrams[known].position
      end = position &+ row.payloadLength
      if Int32(bitPattern: datagrams[known].end &- end) > 0 {
        end = datagrams[known].end
      } else {
        datagrams[known].end = end
      }
    } else if isWithin {
      position = passages[passage].next
      end = passages[passage].end
      insert(row, at: position)
    } else {
      guard row.isFragment || row.length > Self.usualLength else { return 0 }
      position = free
      end = position &+ row.payloadLength
      free = row.isFragment ? position &+ Self.packetLength : end
      if free == 0 { free = 1 }
      insert(row, at: position)
    }
    // Fragments pass one by one, whatever the packet holds.
    if row.isFragment { return position }
    let next = position &+ row.payloadLength
    passages[passage] = Passage(
      key: key, next: next, end: Int32(bitPattern: end &- next) > 0 ? end : next)
    return position
  }

  /// Where a datagram that begins like a row is remembered, unless it was seen at the row's point before: then
  /// the row is of another one.
  private func place(of row: Observation, _ recordings: borrowing RecordingTimes) -> Int? {
    let first = (Int(row.sequence) & (Self.rowCount - 1)) * Self.rowLength
    return (first..<first + Self.rowLength).first { place in
      let known = datagrams[place]
      return known.digest == row.sequence
        && !(known.point == row.point && known.timeToLive == row.timeToLive
          && !recordings.isRecapture(row, ofFile: known.file, at: known.time))
    }
  }

  private mutating func insert(_ row: Observation, at position: UInt32) {
    let first = (Int(row.sequence) & (Self.rowCount - 1)) * Self.rowLength
    let places = first..<first + Self.rowLength
    let known = places.first { datagrams[$0].digest == row.sequence }
    let place = known ?? places.first { datagrams[$0].digest == 0 } ?? oldest(in: places)
    datagrams[place] = Datagram(
      digest: row.sequence, position: position, end: position &+ row.payloadLength,
      time: row.time, file: row.file, point: row.point, timeToLive: row.timeToLive)
  }

  /// The one that was given its position first.
  private func oldest(in places: Range<Int>) -> Int {
    places.max { free &- datagrams[$0].position < free &- datagrams[$1].position }
      ?? places.lowerBound
  }

  /// Where the passage of a key is kept, or is to be: before one that goes on, one that is over makes room.
  private func passagePlace(_ key: UInt64) -> Int {
    let first = (Int(truncatingIfNeeded: key >> 40) & (Self.passageRows - 1)) * Self.rowLength
    let places = first..<first + Self.rowLength
    return places.first { passages[$0].key == key }
      ?? places.first { passages[$0].next == passages[$0].end } ?? first
  }
}
