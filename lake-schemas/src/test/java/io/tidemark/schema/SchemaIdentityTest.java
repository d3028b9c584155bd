package io.tidemark.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemaIdentityTest {
  private static final String DATED =
      record(
          "{'type':'int','logicalType':'date'}", "{'type':'enum','name':'K','symbols':['A','B']}");

  @Test
  void whatReadsOtherwiseIsAnother() {
    List<String> others =
        List.of(
            DATED,
            record("'int'", "{'type':'enum','name':'K','symbols':['A','B']}"),
            record("{'type':'int','logicalType':'time-millis'}", "'string'"),
            record(
                "{'type':'int','logicalType':'date'}",
                "{'type':'enum','name':'K','symbols':['B','A']}"),
            record(
                "{'type':'int','logicalType':'date'}",
                "{'type':'enum','name':'L','symbols':['A','B']}"),
            record("{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}", "'string'"),
            record("{'type':'bytes','logicalType':'decimal','precision':9,'scale':4}", "'string'"),
            record("{'type':'bytes','logicalType':'decimal','precision':2,'scale':4}", "'string'"),
            record("{'type':'fixed','name':'F','size':4}", "'string'"),
            record("{'type':'fixed','name':'F','size':5}", "'string'"),
            record("['null','int']", "'string'"),
            record("['int','null']", "'string'"),
            record("{'type':'array','items':'int'}", "'string'"),
            record("{'type':'map','values':'int'}", "'string'"),
            DATED.replace("'a'", "'c'"),
            DATED.replace("'R'", "'n.R'"));

    assertThat(others.stream().map(SchemaIdentityTest::identity).collect(Collectors.toSet()))
        .hasSameSizeAs(others);
  }

  @Test
  void wordsThatReadNothingMakeNoOther() {
    String told =
        DATED
            .replace("'name':'a'", "'name':'a','doc':'when','aliases':['old'],'order':'ignore'")
            .replace("'symbols'", "'default':'A','owner':'us','symbols'");

    assertThat(identity(told)).isEqualTo(identity(DATED));
  }

  @Test
  void aTypeThatContainsItselfHasOne() {
    String tree = record("['null','R']", "'string'");

    assertThat(identity(tree)).isEqualTo(identity(tree)).isNotEqualTo(identity(DATED));
  }

  private static String record(String first, String second) {
    return "{'type':'record','name':'R','fields':[{'name':'a','type':%s},{'name':'b','type':%s}]}"
        .formatted(first, second);
  }

  private static String identity(String text) {
    return SchemaIdentity.of(
        new Schema.Parser(NameValidator.NO_VALIDATION).parse(text.replace('\'', '"')));
  }
}
