package io.tidemark.local.evolution;

import io.tidemark.local.evolution.Shape.Exact;
import io.tidemark.local.evolution.Shape.Field;
import io.tidemark.local.evolution.Shape.Fields;
import io.tidemark.local.evolution.Shape.Many;
import io.tidemark.local.evolution.Shape.Named;
import io.tidemark.local.evolution.Shape.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * One change of a schema, somewhere in it.
 *
 * @param compatible whether the tables can follow
 */
record Change(Fields fields, boolean compatible, String what) {
  /**
   * Something that can be changed in the way that is asked for; empty if this try has found none.
   */
  static Optional<Change> of(Fields fields, boolean compatible, Random random, int number) {
    Fields inside = fields;
    List<String> names = new ArrayList<>(inside.fields().keySet());
    String name = names.get(random.nextInt(names.size()));
    Field field = inside.fields().get(name);
    if (random.nextBoolean()) {
      Optional<Shape> deeper = within(field.shape(), compatible, random, number);
      return deeper.map(
          shape ->
              new Change(
                  with(inside, name, new Field(shape, field.optional())),
                  compatible,
                  "in " + name));
    }
    if (compatible) {
      return switch (random.nextInt(4)) {
        case 0 ->
            Optional.of(
                new Change(
                    with(inside, "n" + number, new Field(Shape.any(random, 2), true)),
                    true,
                    "add n" + number));
        case 1 ->
            Optional.of(
                new Change(
                    with(inside, name, new Field(field.shape(), true)), true, "relax " + name));
        case 2 ->
            names.size() > 1
                ? Optional.of(new Change(without(inside, name), true, "drop " + name))
                : Optional.empty();
        default ->
            wider(field.shape())
                .map(
                    shape ->
                        new Change(
                            with(inside, name, new Field(shape, field.optional())),
                            true,
                            "widen " + name));
      };
    }
    return switch (random.nextInt(3)) {
      case 0 ->
          Optional.of(
              new Change(
                  with(
                      without(inside, name),
                      name.toUpperCase(java.util.Locale.ROOT),
                      new Field(field.shape(), true)),
                  false,
                  "another case of " + name));
      case 1 ->
          Optional.of(
              new Change(
                  with(inside, name, new Field(other(field.shape()), field.optional())),
                  false,
                  "another type of " + name));
      default ->
          narrower(field.shape())
              .map(
                  shape ->
                      new Change(
                          with(inside, name, new Field(shape, field.optional())),
                          false,
                          "narrow " + name));
    };
  }

  private static Optional<Shape> within(
      Shape shape, boolean compatible, Random random, int number) {
    if (shape instanceof Fields inner) {
      return of(inner, compatible, random, number).map(Change::fields);
    }
    if (shape instanceof Many many) {
      return within(many.element(), compatible, random, number).map(Many::new);
    }
    if (shape instanceof Named named) {
      return within(named.element(), compatible, random, number).map(Named::new);
    }
    return compatible ? wider(shape) : narrower(shape);
  }

  private static Optional<Shape> wider(Shape shape) {
    if (shape instanceof Exact exact && exact.precision() < 37) {
      return Optional.of(new Exact(exact.precision() + 1, exact.scale()));
    }
    if (shape.equals(new Scalar("int"))) {
      return Optional.of(new Scalar("long"));
    }
    return shape.equals(new Scalar("float")) ? Optional.of(new Scalar("double")) : Optional.empty();
  }

  private static Optional<Shape> narrower(Shape shape) {
    if (shape instanceof Exact exact && exact.precision() > 3) {
      return Optional.of(new Exact(exact.precision() - 1, exact.scale()));
    }
    if (shape.equals(new Scalar("long"))) {
      return Optional.of(new Scalar("int"));
    }
    return shape.equals(new Scalar("double")) ? Optional.of(new Scalar("float")) : Optional.empty();
  }

  private static Shape other(Shape shape) {
    return shape.equals(new Scalar("string")) ? new Scalar("boolean") : new Scalar("string");
  }

  private static Fields with(Fields fields, String name, Field field) {
    Map<String, Field> changed = new LinkedHashMap<>(fields.fields());
    changed.put(name, field);
    return new Fields(changed);
  }

  private static Fields without(Fields fields, String name) {
    Map<String, Field> changed = new LinkedHashMap<>(fields.fields());
    changed.remove(name);
    return new Fields(changed);
  }
}
