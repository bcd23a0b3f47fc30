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
      let filter = try InnerPacketFilter(expression: expression)
      if filter.matchesOnlyEthernet {
        StandardError.print(
          "filter '\(expression)' is about Ethernet: packets captured without its header, as by -i any, do not match"
        )
      }
      return filter
    } catch {
      throw ValidationError(error.description)
    }
  }
}
