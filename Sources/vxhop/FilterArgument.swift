import ArgumentParser
import Filters

/// The filter that a command was given, as trailing words or by `--filter`.
enum FilterArgument {
  static func compile(words: String?, option: String?) throws -> InnerPacketFilter? {
    guard words == nil || option == nil else {
      throw ValidationError("The filter is given twice: as words and by --filter.")
    }
    guard let expression = words ?? option else { return nil }
    do throws(FilterError) {
      return try InnerPacketFilter(expression: expression)
    } catch {
      throw ValidationError(error.description)
    }
  }
}
