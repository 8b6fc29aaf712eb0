// One storage cluster with a file system and a bucket. The same as arm-template.json and terraform-azapi/main.tf beside it.

@minLength(3)
@maxLength(32)
param clusterName string = 'meadow'

param location string = resourceGroup().location

@description('simulated: a model of an engine, no real storage.')
@allowed([
  'ceph'
  'simulated'
])
param engine string = 'ceph'

@description('Where the hosts come from.')
param substrate string = 'local'

param hostSize string = 'local-small'

@minValue(3)
param hostCount int = 3

param usableCapacityGB int = 1

resource cluster 'Cynosure.Storage/clusters@2026-12-01' = {
  name: clusterName
  location: location
  tags: {
    purpose: 'example'
  }
  properties: {
    engine: engine
    substrate: substrate
    hosts: {
      size: hostSize
      count: hostCount
    }
    protection: {
      hostFailures: 1
    }
  }
}

resource home 'Cynosure.Storage/clusters/fileSystems@2026-12-01' = {
  parent: cluster
  name: 'home'
  properties: {
    usableCapacityGB: usableCapacityGB
    protocols: [
      'nfs'
    ]
    protection: {
      hostFailures: 1
    }
  }
}

resource results 'Cynosure.Storage/clusters/buckets@2026-12-01' = {
  parent: cluster
  name: 'results'
  properties: {
    protection: {
      hostFailures: 1
    }
  }
}

output clusterId string = cluster.id
