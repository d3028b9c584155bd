package io.tidemark.schema;

import io.tidemark.schema.Resolved.Fit;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/**
 * A union as Spark has it: one type that may be null, a long for int and long, a double for float
 * and double, or a struct with a column per member, of which one is set.
 */
record ReaderUnion(Schema schema) {
  static final int NONE = -1;
  static final int AMBIGUOUS = -2;

  private static final Set<Schema.Type> WHOLE = Set.of(Schema.Type.INT, Schema.Type.LONG);
  private static final Set<Schema.Type> FLOATING = Set.of(Schema.Type.FLOAT, Schema.Type.DOUBLE);
  private static final Set<Schema.Type> NAMED =
      Set.of(Schema.Type.RECORD, Schema.Type.ENUM, Schema.Type.FIXED);

  List<Schema> members() {
    return schema.getTypes().stream().filter(m -> m.getType() != Schema.Type.NULL).toList();
  }

  boolean takesNull() {
    return members().size() < schema.getTypes().size();
  }

  boolean isOneType() {
    return members().size() == 1 || isWidened();
  }

  /** Whether its members are numbers that the wider of them holds. */
  boolean isWidened() {
    List<Schema> members = members();
    return members.size() == 2
        && (members.stream().allMatch(m -> WHOLE.contains(m.getType()))
            || members.stream().allMatch(m -> FLOATING.contains(m.getType())));
  }

  /** The one type that it is. */
  Schema type() {
    List<Schema> members = members();
    return members.size() == 1
        ? members.get(0)
        : members.stream()
            .filter(m -> Set.of(Schema.Type.LONG, Schema.Type.DOUBLE).contains(m.getType()))
            .findFirst()
            .orElseThrow();
  }

  /**
   * The member that takes a writer's type: a named one by its name, an alias or its last name; any
   * other by its type; or else the first that holds every value, or some.
   *
   * @param resolved how each member would be read
   * @return its position, {@link #NONE} or {@link #AMBIGUOUS}
   */
  int choose(Schema written, List<Resolved> resolved) {
    List<Schema> members = members();
    IntPredicate isNamesake = i -> members.get(i).getType() == written.getType();
    if (NAMED.contains(written.getType())) {
      String name = written.getFullName();
      int[] full = which(isNamesake.and(i -> members.get(i).getFullName().equals(name)));
      if (full.length > 0) {
        return full[0];
      }
      int[] aliases = which(isNamesake.and(i -> members.get(i).getAliases().contains(name)));
      if (aliases.length > 0) {
        return aliases.length == 1 ? aliases[0] : AMBIGUOUS;
      }
      int[] last = which(isNamesake.and(i -> members.get(i).getName().equals(written.getName())));
      if (last.length > 0) {
        return last.length == 1 ? last[0] : AMBIGUOUS;
      }
    } else {
      int[] same = which(isNamesake.and(i -> resolved.get(i).isPossible()));
      if (same.length > 0) {
        return same[0];
      }
    }
    // A record that has another name is another thing.
    return written.getType() == Schema.Type.RECORD ? NONE : firstThatFits(resolved);
  }

  /** Whether a writer's type has the name of a reader's, an alias of it, or its last name. */
  static boolean isNamed(Schema written, Schema reader) {
    return reader.getFullName().equals(written.getFullName())
        || reader.getAliases().contains(written.getFullName())
        || reader.getName().equals(written.getName());
  }

  private int[] which(IntPredicate condition) {
    return IntStream.range(0, members().size()).filter(condition).toArray();
  }

  private static int firstThatFits(List<Resolved> resolved) {
    for (Fit fit : List.of(Fit.SAME, Fit.EVERY, Fit.SOME)) {
      for (int i = 0; i < resolved.size(); i++) {
        if (resolved.get(i).fit() == fit) {
          return i;
        }
      }
    }
    return NONE;
  }
}
