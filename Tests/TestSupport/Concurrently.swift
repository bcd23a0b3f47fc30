/// What `body` makes of each element, in their order; several at once, for what only computes.
package func concurrently<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ body: @escaping @Sendable (Element) throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    for (index, element) in elements.enumerated() {
      group.addTask { (index, try body(element)) }
    }
    var results = [Result?](repeating: nil, count: elements.count)
    for try await (index, result) in group { results[index] = result }
    return results.compactMap(\.self)
  }
}
