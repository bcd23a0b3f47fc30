/// Slots of the window, listed in memory that is reused.
///
/// An array would ask before each change whether it is the only one with its storage.
@safe
struct SlotList: ~Copyable {
  typealias Slot = ObservationWindow.Slot

  private var capacity = 64
  private var slots: UnsafeMutablePointer<Slot>
  private(set) var count = 0

  init() {
    unsafe slots = .allocate(capacity: capacity)
  }

  deinit {
    unsafe slots.deallocate()
  }

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }

  subscript(place: Int) -> Slot {
    @inline(__always)
    get {
      precondition(place >= 0 && place < count)
      return unsafe slots[place]
    }
  }

  @inline(__always)
  mutating func append(_ slot: Slot) {
    if count == capacity { grow() }
    unsafe slots[count] = slot
    count &+= 1
  }

  mutating func removeAll() { count = 0 }

  @inline(never)
  private mutating func grow() {
    let more = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 2)
    unsafe more.update(from: slots, count: count)
    unsafe slots.deallocate()
    unsafe slots = more
    capacity *= 2
  }
}
