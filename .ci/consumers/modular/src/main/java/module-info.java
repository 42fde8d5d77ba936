/** An agent as a module: what it needs comes with the one module that it names. */
module org.example.agent {
    requires org.pgrewind4j.core;
}
