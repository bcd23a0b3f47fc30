/// A flow in a table. Where there is no room, names give way: the addresses tell flows apart.
struct FlowName {
  struct End {
    /// Empty where none is known.
    let name: String
    let address: String

    func text(nameWidth: Int) -> String {
      nameWidth < FlowName.shortestName && name.count > nameWidth || name.isEmpty
        ? address : name.shortened(to: nameWidth) + " " + address
    }
  }

  let transport: String
  let ends: (source: End, destination: End)

  /// Names that are cut further tell nothing.
  fileprivate static let shortestName = 6

  /// `udp default/web-0 10.42.1.2:59048 → 10.42.2.2:53`, in `width` characters if the addresses fit.
  func text(width: Int = .max) -> String {
    let bare =
      transport.count + ends.source.address.count + ends.destination.address.count + " ".count
      + " → ".count
    // A blank stands behind each name.
    let room = width.subtractingReportingOverflow(bare + 2).partialValue
    let (one, other) = (ends.source.name.count, ends.destination.name.count)
    let half = max(0, room / 2)
    let first = min(one, max(half, room - other))
    let second = min(other, max(half, room - one))
    return transport + " " + ends.source.text(nameWidth: first) + " → "
      + ends.destination.text(nameWidth: second)
  }
}
