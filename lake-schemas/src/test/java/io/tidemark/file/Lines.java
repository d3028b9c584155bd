package io.tidemark.file;

import io.tidemark.pipeline.ReplayMapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;

/** A small event type, and how columns of a file become it. */
public final class Lines {
  public static final Schema SCHEMA =
      SchemaBuilder.record("Line")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .requiredString("invoice")
          .requiredInt("line")
          .requiredInt("quantity")
          .name("price")
          .type(LogicalTypes.decimal(18, 3).addToSchema(Schema.create(Schema.Type.BYTES)))
          .noDefault()
          .optionalString("note")
          .nullableString("shop", "London")
          .endRecord();

  public static final ReplayMapping MAPPING =
      new ReplayMapping(
          Map.of("event_time", "at", "price", "Price"),
          List.of("invoice", "line"),
          List.of("invoice"),
          Optional.of(new ReplayMapping.LineNumber("line", "invoice")));

  public static final String HEADER = "invoice,at,quantity,Price,note\n";

  private Lines() {}
}
