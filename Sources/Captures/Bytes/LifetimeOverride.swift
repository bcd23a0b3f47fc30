/// Ties a view that was made from a pointer to the value that keeps the pointer's memory alive.
@_unsafeNonescapableResult
@_lifetime(borrow owner)
@inline(always)
func bound<View: ~Copyable & ~Escapable, Owner: ~Copyable & ~Escapable>(
  _ view: consuming View, to owner: borrowing Owner
) -> View {
  view
}
