# One storage cluster with a file system and a bucket. The same as ../arm-template.json and ../main.bicep.

terraform {
  required_providers {
    azapi = {
      source = "azure/azapi"
    }
  }
}

variable "resource_group_id" {
  type        = string
  description = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
}

variable "cluster_name" {
  type    = string
  default = "meadow"
}

variable "location" {
  type    = string
  default = "local"
}

variable "engine" {
  type        = string
  default     = "ceph"
  description = "simulated: a model of an engine, no real storage."
}

variable "substrate" {
  type        = string
  default     = "local"
  description = "Where the hosts come from."
}

variable "host_size" {
  type    = string
  default = "local-small"
}

variable "host_count" {
  type    = number
  default = 3
}

variable "usable_capacity_gb" {
  type    = number
  default = 1
}

resource "azapi_resource" "cluster" {
  type      = "Cynosure.Storage/clusters@2026-12-01"
  parent_id = var.resource_group_id
  name      = var.cluster_name
  location  = var.location
  tags = {
    purpose = "example"
  }
  schema_validation_enabled = false
  body = {
    properties = {
      engine    = var.engine
      substrate = var.substrate
      hosts = {
        size  = var.host_size
        count = var.host_count
      }
      protection = {
        hostFailures = 1
      }
    }
  }
}

resource "azapi_resource" "home" {
  type                      = "Cynosure.Storage/clusters/fileSystems@2026-12-01"
  parent_id                 = azapi_resource.cluster.id
  name                      = "home"
  schema_validation_enabled = false
  body = {
    properties = {
      usableCapacityGB = var.usable_capacity_gb
      protocols        = ["nfs"]
      protection = {
        hostFailures = 1
      }
    }
  }
}

resource "azapi_resource" "results" {
  type                      = "Cynosure.Storage/clusters/buckets@2026-12-01"
  parent_id                 = azapi_resource.cluster.id
  name                      = "results"
  schema_validation_enabled = false
  body = {
    properties = {
      protection = {
        hostFailures = 1
      }
    }
  }
}

output "cluster_id" {
  value = azapi_resource.cluster.id
}
