/// Why an expression is no filter.
package struct FilterError: Error, CustomStringConvertible, Equatable {
  package let expression: String
  /// libpcap's words, or a sentence where it is not libpcap that refuses.
  package let explanation: String

  package var description: String {
    "filter '\(expression)': \(explanation)"
  }
}
