import Trajectories

/// The text that the lines of packets in one state have in common, and where their numbers are in it.
struct TracePattern: ~Copyable {
  /// A number of a line in the making, and where it stands.
  struct Mark {
    var field: TraceField
    var hop: Int
    var piece: OutputBuffer.Piece
  }

  /// Text, and the number that follows it.
  private struct Step: BitwiseCopyable {
    var textLength: UInt16
    var field: TraceField
    var hop: UInt8
  }

  let state: TraceState
  private var text: [UInt8] = []
  private var steps: [Step] = []
  private var lastLength = 0
  /// The most that a line takes, in bytes.
  private var greatestLength = 0

  /// Numbers in what all hops say alike, at the most.
  private static let sharedNumbers = 4

  /// The pattern of no packet.
  init() { state = TraceState() }

  /// - Parameters:
  ///   - line: the line of a packet in this state.
  ///   - marks: its numbers, in their order.
  init?(_ state: consuming TraceState, line: [UInt8], marks: [Mark]) {
    self.state = state
    var start = 0
    for mark in marks {
      guard let length = UInt16(exactly: mark.piece.lowerBound - start),
        let hop = UInt8(exactly: mark.hop)
      else { return nil }
      text += line[start..<mark.piece.lowerBound]
      steps.append(Step(textLength: length, field: mark.field, hop: hop))
      start = mark.piece.upperBound
    }
    text += line[start...]
    lastLength = line.count - start
    let numbers = marks.reduce(0) { $0 + ($1.field == .shared ? Self.sharedNumbers : 1) }
    greatestLength = line.count + numbers * NumberTexts.greatestLength
    text += repeatElement(0, count: OutputRoom.padding)
  }

  /// Writes the line of a packet whose state this is.
  @inline(__always)
  func write(
    _ trajectory: borrowing Trajectory, _ numbers: inout NumberTexts, to buffer: inout OutputBuffer
  ) {
    buffer.fill(atMost: greatestLength) { write(trajectory, &numbers, to: &$0) }
  }

  @inline(__always)
  private func write(
    _ trajectory: borrowing Trajectory, _ numbers: inout NumberTexts, to room: inout OutputRoom
  ) {
    let text = unsafe self.text.span.bytes
    let hops = trajectory.hops.span
    let steps = self.steps.span
    var start = 0
    var shared = 0..<0
    for index in steps.indices {
      let step = steps[index]
      room.append(text, from: start, count: Int(step.textLength))
      start += Int(step.textLength)
      let hop = Int(step.hop)
      switch step.field {
      case .sharedStart: shared = room.count..<room.count
      case .sharedEnd: shared = shared.lowerBound..<room.count
      case .shared: room.repeat(shared)
      case .trace: room.appendHexadecimal(trajectory.number)
      case .time: numbers.append(time: hops[hop].observation.time, to: &room)
      case .correctedTime: numbers.append(time: hops[hop].observation.correctedTime, to: &room)
      default: numbers.append(hops[hop].number(step.field), of: step.field, to: &room)
      }
    }
    room.append(text, from: start, count: lastLength)
  }
}

/// The patterns of packets of late, by shape and protocol.
@safe
struct TracePatterns: ~Copyable {
  private static let capacity = 256
  private let patterns = UnsafeMutablePointer<TracePattern>.allocate(capacity: capacity)

  init() {
    for place in 0..<Self.capacity { unsafe (patterns + place).initialize(to: TracePattern()) }
  }

  deinit {
    unsafe patterns.deinitialize(count: Self.capacity)
    unsafe patterns.deallocate()
  }

  /// Where the pattern of a packet is, if there is one; nil for packets whose shape is not known.
  @inline(__always)
  static func place(of trajectory: borrowing Trajectory) -> Int? {
    guard trajectory.shape != 0 else { return nil }
    let transport = trajectory.hops.span[0].observation.transportProtocol
    let hash = (trajectory.shape &* 31 &+ UInt32(transport)) &* 0x9e37_79b1
    return Int(hash >> 24)
  }

  /// Writes the line of a packet whose state the pattern at a place has.
  @inline(__always)
  func write(
    _ trajectory: borrowing Trajectory, at place: Int, _ numbers: inout NumberTexts,
    to buffer: inout OutputBuffer
  ) {
    self[place].write(trajectory, &numbers, to: &buffer)
  }

  subscript(place: Int) -> TracePattern {
    @inline(__always)
    unsafeAddress {
      precondition(place >= 0 && place < Self.capacity)
      return unsafe UnsafePointer(patterns + place)
    }
    @inline(__always)
    nonmutating unsafeMutableAddress {
      precondition(place >= 0 && place < Self.capacity)
      return unsafe patterns + place
    }
  }
}
