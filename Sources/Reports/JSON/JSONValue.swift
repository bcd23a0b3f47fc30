/// A JSON value in the making, for reports that are short: members keep their order.
indirect enum JSONValue {
  case null
  case bool(Bool)
  case number(Int64)
  case string(String)
  case array([JSONValue])
  case object([(name: String, value: JSONValue)])

  static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  static func number(_ number: Int64?) -> JSONValue { number.map { .number($0) } ?? .null }

  /// What a value describes itself as.
  static func text(_ value: (some CustomStringConvertible)?) -> JSONValue {
    .string(value?.description)
  }

  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number): String(number)
    case .string(let string): String(decoding: JSONText.quoted(string), as: UTF8.self)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.map { JSONValue.string($0.name).text + ":" + $0.value.text }
        .joined(separator: ",") + "}"
    }
  }
}
