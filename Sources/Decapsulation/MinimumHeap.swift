/// Elements of which the least one is at hand: adding one and taking the least one take logarithmic time.
struct MinimumHeap<Element: Comparable> {
  /// No element is less than that at half its place.
  private var elements: [Element] = []

  var count: Int { elements.count }

  /// The least element.
  var first: Element? { elements.first }

  mutating func add(_ element: Element) {
    var place = elements.count
    elements.append(element)
    while place > 0, case let above = (place - 1) / 2, elements[place] < elements[above] {
      elements.swapAt(place, above)
      place = above
    }
  }

  /// Takes the least element, if there is any.
  mutating func removeFirst() {
    guard let last = elements.popLast(), !elements.isEmpty else { return }
    elements[0] = last
    var place = 0
    while true {
      var below = 2 * place + 1
      guard below < elements.count else { return }
      if below + 1 < elements.count, elements[below + 1] < elements[below] { below += 1 }
      guard elements[below] < elements[place] else { return }
      elements.swapAt(place, below)
      place = below
    }
  }

  /// Changes each element, in no certain order, in a way that does not change which one is less.
  mutating func updateEach(_ change: (inout Element) -> Void) {
    for index in elements.indices { change(&elements[index]) }
  }
}
