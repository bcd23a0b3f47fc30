/// A value that an object changes for each packet.
///
/// It is held by its address: a property of an object is checked for other users on each access, which costs
/// more than the change. The owner must not reach it a second time while it is being changed.
@safe
@usableFromInline package struct HotValue<Value: ~Copyable>: ~Copyable {
  @usableFromInline let address: UnsafeMutablePointer<Value>

  @inlinable package init(_ value: consuming Value) {
    unsafe address = .allocate(capacity: 1)
    unsafe address.initialize(to: value)
  }

  deinit {
    unsafe address.deinitialize(count: 1)
    unsafe address.deallocate()
  }

  @inlinable package var value: Value {
    unsafeAddress { unsafe UnsafePointer(address) }
    nonmutating unsafeMutableAddress { unsafe address }
  }
}
