package io.tidemark.table.iceberg;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.util.SerializableSupplier;

/**
 * A HadoopFileIO that sends tasks only the settings that differ from Hadoop's defaults. Iceberg's
 * own sends all of them, hundreds, with every scan and every write, which takes longer than reading
 * a small table.
 */
public final class SlimFileIO extends HadoopFileIO {
  /** Catalogs create it by this name. */
  static final String NAME = SlimFileIO.class.getName();

  private static final Set<String> DEFAULTS =
      Set.of("core-default.xml", "hdfs-default.xml", "mapred-default.xml", "yarn-default.xml");

  private boolean isSet;

  @Override
  public void setConf(Configuration conf) {
    Settings settings = new Settings(conf);
    super.setConf(conf);
    super.serializeConfWith(copied -> settings);
    isSet = true;
  }

  /** Called for every table that is sent. The settings are ready since {@link #setConf}. */
  @Override
  public void serializeConfWith(
      Function<Configuration, SerializableSupplier<Configuration>> allSettings) {
    if (!isSet) {
      setConf(new Configuration());
    }
  }

  /** Settings that are not defaults; the receiver adds its own defaults. */
  private static final class Settings implements SerializableSupplier<Configuration> {
    private static final long serialVersionUID = 1;

    private final HashMap<String, String> made = new HashMap<>();
    private transient volatile Configuration conf;

    Settings(Configuration conf) {
      this.conf = conf;
      for (Map.Entry<String, String> setting : conf) {
        if (!isDefault(conf.getPropertySources(setting.getKey()))) {
          made.put(setting.getKey(), setting.getValue());
        }
      }
    }

    private static boolean isDefault(String[] sources) {
      return sources != null
          && sources.length > 0
          && Arrays.stream(sources).filter(Objects::nonNull).allMatch(DEFAULTS::contains);
    }

    @Override
    public Configuration get() {
      Configuration known = conf;
      if (known == null) {
        // Two tasks may both build it; either copy is right.
        known = new Configuration(Arrived.DEFAULTS);
        made.forEach(known::set);
        conf = known;
      }
      return known;
    }
  }

  /** The receiver's defaults, parsed once per JVM. */
  private static final class Arrived {
    static final Configuration DEFAULTS = new Configuration();
  }
}
