# What an environment's file says and nothing reads.
variables {
  declared = ["region", "web", "models", "schedule", "database", "services", "open_list"]
  known = {
    web       = { desk = { host = "help.example.com", keys = false, connects = [] } }
    models    = { ask = [], openai = { url = null, key = true }, prices = { "openai:a" = { input = 1, cached = 0 } } }
    schedule  = null
    database  = { storage_gb = 20 }
    open_list = ["a"]
  }
}

run "fine" {
  command = plan

  module {
    source = "./modules/tfvars"
  }

  variables {
    text = <<-END
      region   = "us-east-1" # no object
      web      = { desk = { host = "help.example.com" } }
      models   = { ask = ["openai:a"], openai = { key = false }, prices = { "openai:a" = { input = 1 } } }
      schedule = { sleep = "cron(0 20 ? * MON-FRI *)" }
      services = { desk = { anything = 1 } }
    END
  }

  assert {
    condition     = output.unread == []
    error_message = "What is known is read, and of what is no object nothing is asked."
  }
}

run "without_a_file" {
  command = plan

  module {
    source = "./modules/tfvars"
  }

  variables {
    text = ""
  }

  assert {
    condition     = output.unread == []
    error_message = "Where there is no file nothing is said."
  }
}

run "misspelt" {
  command = plan

  module {
    source = "./modules/tfvars"
  }

  variables {
    text = "database = { storage = 20 }"
  }

  expect_failures = [output.unread]
}

run "no_variable" {
  command = plan

  module {
    source = "./modules/tfvars"
  }

  variables {
    text = "modles = { ask = [] }"
  }

  expect_failures = [output.unread]
}

run "misspelt_within" {
  command = plan

  module {
    source = "./modules/tfvars"
  }

  variables {
    text = "web = { desk = { host = \"help.example.com\", key = true } }"
  }

  expect_failures = [output.unread]
}

run "misspelt_deep_within" {
  command = plan

  module {
    source = "./modules/tfvars"
  }

  variables {
    text = "models = { prices = { \"openai:a\" = { input = 1, cache = 0 } } }"
  }

  expect_failures = [output.unread]
}
