package import Captures
import Glibc

/// Several interfaces that are captured at once, their packets in one order of time.
///
/// The kernel hands packets over in blocks, each interface's at moments of its own. What comes is kept
/// until no interface can have an earlier packet any more. Nothing is allocated for a packet.
@safe
package struct CaptureSession: ~Copyable {
  /// After this time in nanoseconds the kernel has handed over what it holds back, several times over.
  private static let latency = Int64(HandleSettings.blockTimeout) * 5_000_000
  /// Packets read from one interface before the next one has its turn.
  private static let turn = 4096

  private let ports: UnsafeMutablePointer<Port>
  package let count: Int
  /// How many there are so far: all of them, unless one could not be opened.
  private var opened = 0
  private let requests: UnsafeMutablePointer<pollfd>
  /// No packet before this time is still to come.
  private var horizon = Int64.min
  /// Interfaces whose capture has ended by itself, and why.
  package private(set) var endings: [(interface: Int, error: LiveCaptureError)] = []

  @safe
  private struct Port: ~Copyable {
    var handle: CaptureHandle
    var queue = RecordQueue()
    var hasEnded = false
    /// Every earlier packet of this interface is in the queue.
    var complete = Int64.min

    init(handle: consuming CaptureHandle) { self.handle = handle }

    /// Reads a turn's packets; tells whether the kernel has no more for now.
    mutating func read() throws(LiveCaptureError) -> Bool {
      if queue.isFull { return false }
      return try handle.read(CaptureSession.turn, into: &queue) < CaptureSession.turn
    }
  }

  /// Opens `count` interfaces; `open` is called once for each, in order.
  package init(
    count: Int, open: (Int) throws(LiveCaptureError) -> CaptureHandle
  ) throws(LiveCaptureError) {
    self.count = count
    unsafe ports = .allocate(capacity: max(1, count))
    unsafe requests = .allocate(capacity: max(1, count))
    while opened < count {
      let handle = try open(opened)
      let descriptor = handle.descriptor
      unsafe (ports + opened).initialize(to: Port(handle: handle))
      unsafe (requests + opened).initialize(
        to: pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
      opened += 1
    }
  }

  deinit {
    unsafe ports.deinitialize(count: opened)
    unsafe ports.deallocate()
    unsafe requests.deallocate()
  }

  package var isAtEnd: Bool {
    for index in 0..<count where unsafe !ports[index].hasEnded { return false }
    return true
  }

  package func linkType(of interface: Int) -> LinkType {
    precondition(interface < count)
    return unsafe ports[interface].handle.linkType
  }

  /// Everything that was captured before this moment has been handed on, in nanoseconds since 1970.
  package var completeUntil: Int64 { horizon }

  package mutating func statistics(
    of interface: Int
  ) -> (received: UInt64, dropped: UInt64) {
    precondition(interface < count)
    return unsafe ports[interface].handle.statistics()
  }

  /// Waits for packets, `milliseconds` at the most, and hands on those that are due, in their order.
  ///
  /// A signal ends the waiting early. Records are valid during the call only; `take` answers whether it
  /// wants more.
  package mutating func advance(
    milliseconds: Int32, _ take: (borrowing CaptureRecord) -> Bool
  ) {
    unsafe poll(requests, nfds_t(count), milliseconds)
    readAll()
    handOn(before: horizon, take)
  }

  /// Hands on what the kernel still has and all that waits.
  package mutating func drain(_ take: (borrowing CaptureRecord) -> Bool) {
    // Longer than the kernel holds a block back.
    usleep(UInt32(HandleSettings.blockTimeout) * 2_000)
    let end = WallClock.now
    while !isAtEnd && horizon < end {
      readAll()
      handOn(before: horizon, take)
      if horizon < end { usleep(1_000) }
    }
    handOn(before: .max, take)
  }

  private mutating func readAll() {
    var earliest = Int64.max
    for index in 0..<count where unsafe !ports[index].hasEnded {
      let start = WallClock.now
      let isEmptied = read(index)
      unsafe ports[index].complete = max(
        unsafe ports[index].complete,
        isEmptied ? start - Self.latency : unsafe ports[index].queue.lastTime)
      earliest = unsafe min(earliest, ports[index].complete)
    }
    // With no interface left, everything is due.
    horizon = earliest
  }

  /// Reads the interface's turn; tells whether the kernel has no more for now.
  private mutating func read(_ index: Int) -> Bool {
    do throws(LiveCaptureError) {
      return try unsafe ports[index].read()
    } catch {
      unsafe ports[index].hasEnded = true
      unsafe requests[index].fd = -1
      endings.append((index, error))
      return true
    }
  }

  private mutating func handOn(
    before limit: Int64, _ take: (borrowing CaptureRecord) -> Bool
  ) {
    while let (first, until) = next(before: limit) {
      // A run of packets of one interface needs no look at the others.
      repeat {
        let header = unsafe ports[first].queue.first
        let record = unsafe CaptureRecord(
          bytes: ports[first].queue.firstBytes, time: header.time,
          originalLength: header.originalLength, interface: first, frame: 0)
        let wantsMore = take(record)
        unsafe ports[first].queue.removeFirst()
        if !wantsMore { return }
      } while unsafe !ports[first].queue.isEmpty && ports[first].queue.first.time < until
    }
  }

  /// The interface with the earliest packet, and the time up to which it stays that one.
  private func next(before limit: Int64) -> (interface: Int, until: Int64)? {
    var first = -1
    var firstTime = limit
    var until = limit
    for index in 0..<count where unsafe !ports[index].queue.isEmpty {
      let time = unsafe ports[index].queue.first.time
      if time < firstTime {
        until = firstTime
        firstTime = time
        first = index
      } else {
        until = min(until, time)
      }
    }
    return first < 0 ? nil : (first, until)
  }
}
